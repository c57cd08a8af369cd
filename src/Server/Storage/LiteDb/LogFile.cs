using System.Buffers.Binary;
using System.IO.Hashing;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>One of the two files of the log: headers and a mark, then frames of a checksum and a page.</summary>
/// <remarks>
/// Each checksum is seeded with the one before, the first with the header's epoch, so the log ends at the first frame
/// that does not continue the chain: torn, stale from an earlier filling, or left by a commit that failed. Of that, only
/// what a confirmed page closes counts. Before the mark there is no such frame, unless the file was damaged. The space
/// is used again, because growing a file makes every sync dearer.
/// Threading: none of its own. Once another file is written, this one is only read, by any number of threads.
/// </remarks>
internal sealed class LogFile
{
    public const int FrameSize = sizeof(ulong) + LogPage.Size;

    private readonly IStorageFile _file;
    private LogHeader _header;
    private int _slot;
    private byte[] _pending = new byte[64 * FrameSize];
    private int _pendingFrames;
    private FrameChain _durable;
    private ulong _chain;

    /// <summary>Reads headers and mark; the frames are found by <see cref="Recover"/>.</summary>
    /// <exception cref="StoreDamagedException">The file is no log.</exception>
    public LogFile(IStorageFile file, string name)
    {
        _file = file;
        Name = name;
        var headers = (First: LogHeader.Read(file, 0), Second: LogHeader.Read(file, 1));
        _slot = headers.Second.Epoch > headers.First.Epoch ? 1 : 0;
        _header = _slot == 0 ? headers.First : headers.Second;
        Mark = LogMark.Read(file);
        // Marks and frames follow a header that was synced, so without one this may be a file whose making was cut short.
        if (_header.Epoch < Mark.Epoch || (_header.Epoch == 0 && file.Length > LogHeader.Size))
        {
            LogHeader.RefuseOtherFormat(file);
            throw Damaged(0, "it has no valid header");
        }

        HasTwoHeaders = headers.First == headers.Second;
        _chain = _header.Epoch;
        _durable = new FrameChain(0, _chain);
    }

    public string Name { get; }

    public ulong Epoch => _header.Epoch;

    /// <summary>Where the other file ended when this filling began.</summary>
    public FrameChain Before => _header.Before;

    /// <summary>What is known to have been acknowledged; of an earlier filling it says nothing about this one.</summary>
    public LogMark Mark { get; private set; }

    /// <summary>Whether the file is at least as long as its header once was.</summary>
    public bool IsWholeHead => _file.Length >= LogHeader.Size;

    /// <summary>Where the frames end that are on disk and confirmed.</summary>
    public FrameChain Durable => _durable;

    /// <summary>Frames, with those of the transaction that is being written.</summary>
    public int Frames => _durable.Frames + _pendingFrames;

    /// <summary>Frames after the confirmed end that recovery passed over.</summary>
    public int DroppedFrames { get; private set; }

    public LogPages Pages { get; } = new();

    /// <summary>Whether one damaged sector leaves a header.</summary>
    public bool HasTwoHeaders { get; private set; }

    public StoreDamagedException Damaged(long offset, string what) => new(Name, offset, what);

    /// <summary>Writes headers and mark again, for what was found is what counts from now on.</summary>
    /// <remarks>
    /// What a failed sync should have written, the system may hold for written: only writing it again brings it to the disk.
    /// </remarks>
    /// <param name="cut">Whether what a refused commit left after the end must not count at the next start either.</param>
    public void Settle(bool cut)
    {
        PutHeaders();
        if (cut && _file.Length > PositionOf(Frames))
        {
            _file.Write(stackalloc byte[sizeof(ulong)], PositionOf(Frames));
        }

        PutMark(Mark.IsClosed, Mark.IsOtherMoved);
        _file.Sync();
    }

    /// <summary>Empties the file: a new filling that follows the other file's frames.</summary>
    /// <remarks>
    /// Two sectors in turn: a torn write spoils the new header, never the one in force. Once one is on disk, the other is
    /// made its copy.
    /// </remarks>
    public void Begin(ulong epoch, FrameChain before)
    {
        var slot = 1 - _slot;
        var header = new LogHeader(epoch, before);
        header.Write(_file, slot);
        _file.Sync();
        (_header, _slot, _chain, _pendingFrames) = (header, slot, epoch, 0);
        _durable = new FrameChain(0, epoch);
        Pages.CutTo(0);
        header.Write(_file, 1 - slot);
        HasTwoHeaders = true;
        PutMark(isClosed: false, isOtherMoved: false);
    }

    /// <summary>Says, durably, that nothing of the other file is needed any more.</summary>
    public void ForgetBefore()
    {
        _header = _header with { Before = default };
        PutHeaders();
    }

    /// <summary>Cuts off what earlier fillings left behind the frames.</summary>
    public void CutStale() => CutTo(PositionOf(_durable.Frames));

    /// <summary>Cuts off all frames.</summary>
    public void CutAll() => CutTo(LogHeader.Size);

    /// <summary>Tells that the other file was begun.</summary>
    public void Close() => PutMark(isClosed: true, Mark.IsOtherMoved);

    /// <summary>Finds the end of the frames.</summary>
    /// <param name="maxFrames">What lies beyond does not count, valid or not.</param>
    /// <param name="required">So many frames are known to have been durable, whatever the mark says.</param>
    /// <exception cref="StoreDamagedException">Frames that were acknowledged are not whole.</exception>
    public void Recover(int maxFrames = int.MaxValue, int required = 0)
    {
        var frame = new byte[FrameSize];
        var chain = _header.Epoch;
        var frames = 0;
        while (frames < maxFrames && _file.Read(frame, PositionOf(frames)) == FrameSize)
        {
            var page = frame.AsSpan(sizeof(ulong));
            chain = Checksum(page, chain);
            if (BinaryPrimitives.ReadUInt64LittleEndian(frame) != chain)
            {
                break;
            }

            frames++;
            Note(page, chain);
            if (LogPage.IsConfirmed(page))
            {
                _durable = new FrameChain(frames, chain);
            }
        }

        if (Mark.Epoch == Epoch && maxFrames >= Mark.End.Frames)
        {
            required = Math.Max(required, Mark.End.Frames);
        }

        if (_durable.Frames < required)
        {
            throw Damaged(
                PositionOf(frames), $"of {required} pages that were acknowledged there, the one after {frames} is not whole");
        }

        _chain = _durable.Checksum;
        Pages.CutTo(_durable.Frames);
        DroppedFrames = frames - _durable.Frames;
    }

    /// <summary>Appends a page, in memory until its transaction is confirmed.</summary>
    public void Add(ReadOnlySpan<byte> page)
    {
        var start = _pendingFrames * FrameSize;
        if (start + FrameSize > _pending.Length)
        {
            Array.Resize(ref _pending, 2 * _pending.Length);
        }

        _chain = Checksum(page, _chain);
        BinaryPrimitives.WriteUInt64LittleEndian(_pending.AsSpan(start), _chain);
        page.CopyTo(_pending.AsSpan(start + sizeof(ulong)));
        _pendingFrames++;
    }

    /// <summary>Writes and syncs what was added.</summary>
    /// <param name="isOtherMoved">Whether the data file holds everything of the filling before.</param>
    public void MakeDurable(bool isOtherMoved)
    {
        var frames = _pending.AsSpan(0, _pendingFrames * FrameSize);
        _file.Write(frames, PositionOf(_durable.Frames));
        _file.Sync();
        for (var start = 0; start < frames.Length; start += FrameSize)
        {
            Note(frames[(start + sizeof(ulong))..], BinaryPrimitives.ReadUInt64LittleEndian(frames[start..]));
        }

        _durable = new FrameChain(Frames, _chain);
        _pendingFrames = 0;
        PutMark(isClosed: false, isOtherMoved);
    }

    /// <summary>Makes the mark durable when nothing more will be written.</summary>
    public void Seal(bool isOtherMoved)
    {
        PutMark(isClosed: false, isOtherMoved);
        _file.Sync();
    }

    /// <summary>Makes durable what was written without a sync of its own.</summary>
    public void Sync() => _file.Sync();

    /// <summary>Reads a part of a frame's page.</summary>
    /// <returns>Bytes read: 0 past the last frame.</returns>
    /// <exception cref="StoreDamagedException">It is not what was written there.</exception>
    public int Read(Span<byte> buffer, int frame, int offset)
    {
        if (frame >= Frames)
        {
            return 0;
        }

        if (frame < _durable.Frames)
        {
            Span<byte> page = stackalloc byte[LogPage.Size];
            ReadDurable(page, frame);
            page.Slice(offset, buffer.Length).CopyTo(buffer);
        }
        else
        {
            _pending.AsSpan(((frame - _durable.Frames) * FrameSize) + sizeof(ulong) + offset, buffer.Length).CopyTo(buffer);
        }

        return buffer.Length;
    }

    public static long PositionOf(int frame) => LogHeader.Size + ((long)frame * FrameSize);

    public static ulong Checksum(ReadOnlySpan<byte> page, ulong chain) =>
        XxHash3.HashToUInt64(page[..LogPage.Size], (long)chain);

    /// <summary>One after the other: a torn write spoils one of them.</summary>
    private void PutHeaders()
    {
        foreach (var slot in new[] { 1 - _slot, _slot })
        {
            _header.Write(_file, slot);
            _file.Sync();
        }

        HasTwoHeaders = true;
    }

    private void CutTo(long length)
    {
        if (_file.Length > length)
        {
            _file.SetLength(length);
            _file.Sync();
        }
    }

    private void ReadDurable(Span<byte> page, int frame)
    {
        var before = frame == 0 ? Epoch : Pages.ChecksumOf(frame - 1);
        if (_file.Read(page, PositionOf(frame) + sizeof(ulong)) != LogPage.Size
            || Checksum(page, before) != Pages.ChecksumOf(frame))
        {
            throw Damaged(PositionOf(frame), "the page there is not the one that was written");
        }
    }

    /// <summary>A mark that cannot be written costs no commit: it only tells damage from a torn end.</summary>
    private void PutMark(bool isClosed, bool isOtherMoved)
    {
        Mark = new LogMark(Epoch, _durable, isClosed, isOtherMoved);
        try
        {
            Mark.Write(_file);
        }
        catch (IOException)
        {
            // The mark before stays, which says less and nothing wrong.
        }
    }

    private void Note(ReadOnlySpan<byte> page, ulong checksum) =>
        Pages.Add(LogPage.NumberOf(page), LogPage.TransactionOf(page), LogPage.IsConfirmed(page), checksum);
}

/// <summary>Where the acknowledged part of the log ends.</summary>
/// <param name="Epoch">Which filling of the log.</param>
/// <param name="Frames">How many frames of it.</param>
internal readonly record struct LogEnd(ulong Epoch, int Frames);
