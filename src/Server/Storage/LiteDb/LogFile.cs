using System.Buffers.Binary;
using System.IO.Hashing;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>One of the two files of the log: a header, then frames of a checksum and a page.</summary>
/// <remarks>
/// Each checksum is seeded with the one before, the first with the header's epoch, so the log ends at the first frame
/// that does not continue the chain: torn, stale from an earlier filling, or left by a commit that failed. Of that, only
/// what a confirmed page closes counts. The space is used again, because growing a file makes every sync dearer.
/// Threading: none of its own. Once another file is written, this one is only read, by any number of threads.
/// </remarks>
internal sealed class LogFile
{
    private const int FrameSize = sizeof(ulong) + LogPage.Size;

    private readonly IStorageFile _file;
    private LogHeader _header;
    private int _slot;
    private byte[] _pending = new byte[64 * FrameSize];
    private int _pendingFrames;
    private FrameChain _durable;
    private ulong _chain;

    /// <summary>Reads the header; the frames are found by <see cref="Recover"/>.</summary>
    /// <exception cref="InvalidDataException">The file is no log.</exception>
    public LogFile(IStorageFile file)
    {
        _file = file;
        var headers = (First: LogHeader.Read(file, 0), Second: LogHeader.Read(file, 1));
        _slot = Precedence(headers.Second).CompareTo(Precedence(headers.First)) > 0 ? 1 : 0;
        _header = _slot == 0 ? headers.First : headers.Second;
        // Frames follow a header that was synced, so without one this may be a file whose making was cut short.
        if (_header.Epoch == 0 && file.Length > LogHeader.Size)
        {
            throw new InvalidDataException("The log has no valid header.");
        }

        _chain = _header.Epoch;
        _durable = new FrameChain(0, _chain);

        static (ulong, int) Precedence(LogHeader header) => (header.Epoch, header.Format);
    }

    public ulong Epoch => _header.Epoch;

    /// <summary>Where the other file ended when this filling began.</summary>
    public FrameChain Before => _header.Before;

    /// <summary>Where the frames end that are on disk and confirmed.</summary>
    public FrameChain Durable => _durable;

    /// <summary>Frames, with those of the transaction that is being written.</summary>
    public int Frames => _durable.Frames + _pendingFrames;

    /// <summary>Frames after the confirmed end that recovery passed over.</summary>
    public int DroppedFrames { get; private set; }

    public LogPages Pages { get; } = new();

    /// <summary>Whether the file belongs to a pair; one of format 1 was the only one.</summary>
    public bool IsOfPair => _header.Format > 1;

    /// <summary>Writes the header again, in this version's format, into both sectors.</summary>
    /// <remarks>
    /// An older version, which knows nothing of a second file, then refuses this one. And what a failed sync should have
    /// written, the system may hold for written: only writing it again brings it to the disk.
    /// </remarks>
    public void RewriteHeader()
    {
        _header = _header with { Format = LogHeader.CurrentFormat };
        foreach (var slot in new[] { 1 - _slot, _slot })
        {
            _header.Write(_file, slot);
            _file.Sync();
        }
    }

    /// <summary>Empties the file: a new filling that follows the other file's frames.</summary>
    /// <remarks>Two sectors in turn: a torn write spoils the new header, never the one in force.</remarks>
    public void Begin(ulong epoch, FrameChain before)
    {
        var slot = 1 - _slot;
        var header = new LogHeader(LogHeader.CurrentFormat, epoch, before);
        header.Write(_file, slot);
        _file.Sync();
        (_header, _slot, _chain, _pendingFrames) = (header, slot, epoch, 0);
        _durable = new FrameChain(0, epoch);
        Pages.CutTo(0);
    }

    /// <summary>Finds the end of the frames.</summary>
    /// <param name="maxFrames">What lies beyond does not count, valid or not.</param>
    public void Recover(int maxFrames)
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
            Note(page);
            if (LogPage.IsConfirmed(page))
            {
                _durable = new FrameChain(frames, chain);
            }
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
    public void MakeDurable()
    {
        var frames = _pending.AsSpan(0, _pendingFrames * FrameSize);
        _file.Write(frames, PositionOf(_durable.Frames));
        _file.Sync();
        for (var start = 0; start < frames.Length; start += FrameSize)
        {
            Note(frames[(start + sizeof(ulong))..]);
        }

        _durable = new FrameChain(Frames, _chain);
        _pendingFrames = 0;
    }

    /// <summary>Reads a part of a frame's page.</summary>
    /// <returns>Bytes read: 0 past the last frame.</returns>
    public int Read(Span<byte> buffer, int frame, int offset)
    {
        if (frame < _durable.Frames)
        {
            return _file.Read(buffer, PositionOf(frame) + sizeof(ulong) + offset);
        }

        if (frame >= Frames)
        {
            return 0;
        }

        _pending.AsSpan(((frame - _durable.Frames) * FrameSize) + sizeof(ulong) + offset, buffer.Length).CopyTo(buffer);
        return buffer.Length;
    }

    private void Note(ReadOnlySpan<byte> page) =>
        Pages.Add(LogPage.NumberOf(page), LogPage.TransactionOf(page), LogPage.IsConfirmed(page));

    private static ulong Checksum(ReadOnlySpan<byte> page, ulong chain) =>
        XxHash3.HashToUInt64(page[..LogPage.Size], (long)chain);

    private static long PositionOf(int frame) => LogHeader.Size + ((long)frame * FrameSize);
}

/// <summary>Where the acknowledged part of the log ends.</summary>
/// <param name="Epoch">Which filling of the log.</param>
/// <param name="Frames">How many frames of it.</param>
internal readonly record struct LogEnd(ulong Epoch, int Frames);
