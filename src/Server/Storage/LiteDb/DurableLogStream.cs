using System.Buffers.Binary;
using System.IO.Hashing;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>LiteDB's write-ahead log, made durable: one write and one sync per transaction.</summary>
/// <remarks>
/// LiteDB 5 hands log pages to a background thread and returns from Commit before they are written. This stream keeps
/// the pages of a transaction until its last one arrives, the one that LiteDB marks as confirmed; then it writes and
/// syncs them together, and only then counts the commit as durable.
/// File: a header of two sectors, then frames of a checksum and a page. Each checksum is seeded with the one before,
/// the first with the header's epoch, so the log ends at the first frame that does not continue the chain: torn,
/// stale from before the last reset, or left by a commit that failed. Of that, only what a confirmed page closes
/// counts. Emptying the log writes the next epoch into the other header sector; the space is used again, because
/// growing a file makes every sync dearer.
/// Checkpoints: LiteDB copies every page of the log, also those that a later one of the same number replaces, which are
/// most of them. During a checkpoint such pages read as blank, which LiteDB passes over.
/// Threading: one lock; LiteDB writes from its background thread, readers read from theirs.
/// Failures never surface in LiteDB's background thread, which would end the process: they are kept for the waiter.
/// </remarks>
internal sealed class DurableLogStream : PositionedStream
{
    public const int PageSize = 8192;

    private const int SectorSize = 4096;
    private const int HeaderSize = 2 * SectorSize;
    private const int FrameSize = sizeof(ulong) + PageSize;
    private const int PageNumberOffset = 0;
    private const int TransactionOffset = 14;
    private const int ConfirmedOffset = 18;
    private const ulong Magic = 0x31474F4C4D4C54UL;

    private readonly IStorageFile _file;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _changed = new();
    private byte[] _pending = new byte[64 * FrameSize];
    private readonly LogPages _pages = new();
    private int _pendingFrames;
    private int _durableFrames;
    private ulong _epoch;
    private ulong _chain;
    private long _commits;
    private Exception? _failure;

    /// <summary>Opens the log and finds its end.</summary>
    /// <param name="file">The file; an empty one becomes a new log.</param>
    /// <param name="knownEnd">
    /// After a failed commit: the end up to which everything was acknowledged. What lies beyond was refused to its
    /// senders and must not come back.
    /// </param>
    /// <exception cref="InvalidDataException">The file is no log.</exception>
    public DurableLogStream(IStorageFile file, LogEnd? knownEnd = null)
    {
        _file = file;
        if (file.Length < HeaderSize)
        {
            BeginEpoch(1);
            return;
        }

        _epoch = Math.Max(ReadEpoch(0), ReadEpoch(1));
        if (_epoch == 0)
        {
            throw new InvalidDataException("The log has no valid header.");
        }

        Recover(knownEnd?.Epoch == _epoch ? knownEnd.Value.Frames : int.MaxValue);
    }

    /// <summary>Frames after the confirmed end that recovery passed over.</summary>
    public int DroppedFrames { get; private set; }

    public LogEnd End
    {
        get
        {
            lock (_gate)
            {
                return new LogEnd(_epoch, _durableFrames);
            }
        }
    }

    public long DurableCommits => Interlocked.Read(ref _commits);

    public override long Length
    {
        get
        {
            lock (_gate)
            {
                return (long)(_durableFrames + _pendingFrames) * PageSize;
            }
        }
    }

    /// <summary>Waits until the commit after <paramref name="commits"/> is on disk.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void WaitForCommitAfter(long commits)
    {
        while (DurableCommits <= commits)
        {
            if (_failure is { } failure)
            {
                throw new IOException(failure.Message, failure);
            }

            _changed.Wait();
            _changed.Reset();
        }
    }

    /// <summary>Runs a checkpoint, which must read the log on the calling thread and let nobody else read meanwhile.</summary>
    public void RunCheckpoint(Action checkpoint)
    {
        lock (_gate)
        {
            _pages.FindReplaced();
        }

        try
        {
            checkpoint();
        }
        finally
        {
            lock (_gate)
            {
                _pages.ForgetReplaced();
            }
        }
    }

    /// <summary>LiteDB empties the log after a checkpoint; it never cuts it otherwise.</summary>
    public override void SetLength(long value)
    {
        lock (_gate)
        {
            if (value != 0)
            {
                throw new NotSupportedException("The log is only ever emptied.");
            }

            if (_durableFrames + _pendingFrames > 0)
            {
                BeginEpoch(_epoch + 1);
            }
        }
    }

    /// <summary>Nothing to do: a confirmed page was synced when it arrived, and no other needs to be.</summary>
    public override void Flush()
    {
    }

    protected override int ReadAt(Span<byte> buffer, long position)
    {
        lock (_gate)
        {
            var (frame, offset) = Math.DivRem(position, PageSize);
            var length = Math.Min(buffer.Length, PageSize - (int)offset);
            if (_pages.IsReplaced(frame))
            {
                buffer[..length].Clear();
                return length;
            }

            if (frame < _durableFrames)
            {
                return _file.Read(buffer[..length], PositionOf((int)frame) + sizeof(ulong) + offset);
            }

            if (frame >= _durableFrames + _pendingFrames)
            {
                return 0;
            }

            _pending.AsSpan((int)(frame - _durableFrames) * FrameSize + sizeof(ulong) + (int)offset, length).CopyTo(buffer);
            return length;
        }
    }

    protected override void WriteAt(ReadOnlySpan<byte> buffer, long position)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                // The transaction is lost already; the store discards the engine and opens anew.
                return;
            }

            try
            {
                Append(buffer, position);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                _failure = e;
                _changed.Set();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _changed.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Append(ReadOnlySpan<byte> page, long position)
    {
        var end = (long)(_durableFrames + _pendingFrames) * PageSize;
        if (page.Length != PageSize || position != end)
        {
            throw new InvalidOperationException("The log grows page by page.");
        }

        var start = _pendingFrames * FrameSize;
        if (start + FrameSize > _pending.Length)
        {
            Array.Resize(ref _pending, 2 * _pending.Length);
        }

        _chain = Checksum(page, _chain);
        BinaryPrimitives.WriteUInt64LittleEndian(_pending.AsSpan(start), _chain);
        page.CopyTo(_pending.AsSpan(start + sizeof(ulong)));
        _pendingFrames++;
        if (page[ConfirmedOffset] != 0)
        {
            MakeDurable();
        }
    }

    private void MakeDurable()
    {
        var frames = _pending.AsSpan(0, _pendingFrames * FrameSize);
        _file.Write(frames, PositionOf(_durableFrames));
        _file.Sync();
        for (var start = 0; start < frames.Length; start += FrameSize)
        {
            Note(frames[(start + sizeof(ulong))..]);
        }

        _durableFrames += _pendingFrames;
        _pendingFrames = 0;
        Interlocked.Increment(ref _commits);
        _changed.Set();
    }

    private void Note(ReadOnlySpan<byte> page) => _pages.Add(
        BinaryPrimitives.ReadUInt32LittleEndian(page[PageNumberOffset..]),
        BinaryPrimitives.ReadUInt32LittleEndian(page[TransactionOffset..]), page[ConfirmedOffset] != 0);

    private void Recover(int maxFrames)
    {
        var frame = new byte[FrameSize];
        var chain = _epoch;
        var frames = 0;
        _chain = _epoch;
        while (frames < maxFrames && _file.Read(frame, PositionOf(frames)) == FrameSize)
        {
            var page = frame.AsSpan(sizeof(ulong));
            chain = Checksum(page, chain);
            if (BinaryPrimitives.ReadUInt64LittleEndian(frame) != chain)
            {
                break;
            }

            frames++;
            Note(page);
            if (page[ConfirmedOffset] != 0)
            {
                _durableFrames = frames;
                _chain = chain;
            }
        }

        _pages.CutTo(_durableFrames);
        DroppedFrames = frames - _durableFrames;
    }

    /// <summary>Two sectors in turn: a torn write spoils the new epoch, never the one in force.</summary>
    private void BeginEpoch(ulong epoch)
    {
        Span<byte> sector = stackalloc byte[3 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(sector, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[8..], epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[16..], XxHash3.HashToUInt64(sector[..16]));
        _file.Write(sector, (long)(epoch % 2) * SectorSize);
        if (_file.Length < HeaderSize)
        {
            _file.SetLength(HeaderSize);
        }

        _file.Sync();
        _epoch = epoch;
        _chain = epoch;
        _pages.CutTo(0);
        _durableFrames = 0;
        _pendingFrames = 0;
    }

    private ulong ReadEpoch(int slot)
    {
        Span<byte> sector = stackalloc byte[3 * sizeof(ulong)];
        return _file.Read(sector, (long)slot * SectorSize) == sector.Length
            && BinaryPrimitives.ReadUInt64LittleEndian(sector) == Magic
            && BinaryPrimitives.ReadUInt64LittleEndian(sector[16..]) == XxHash3.HashToUInt64(sector[..16])
            ? BinaryPrimitives.ReadUInt64LittleEndian(sector[8..])
            : 0;
    }

    private static ulong Checksum(ReadOnlySpan<byte> page, ulong chain) => XxHash3.HashToUInt64(page, (long)chain);

    private static long PositionOf(int frame) => HeaderSize + (long)frame * FrameSize;
}
