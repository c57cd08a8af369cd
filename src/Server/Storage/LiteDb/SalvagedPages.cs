using System.Buffers.Binary;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>The newest version of every page that can be proven to be whole.</summary>
/// <remarks>
/// In the data file each page proves itself. In a log, a frame is proven from the beginning by the chain of checksums,
/// and from a known end by the same chain backwards: a checksum that is right was made of the one before it.
/// </remarks>
internal sealed class SalvagedPages
{
    private readonly Dictionary<uint, (IStorageFile File, long Offset, bool IsInLog)> _places = [];

    /// <summary>In the data file, and not whole there.</summary>
    private readonly HashSet<uint> _damaged = [];
    private int _lostFrames;

    public SalvagedPages(IStorageFile first, IStorageFile second, IStorageFile data)
    {
        var page = new byte[LogPage.Size];
        for (var number = 0u; (number + 1L) * LogPage.Size <= data.Length; number++)
        {
            data.Read(page, number * (long)LogPage.Size);
            if (DataPage.TryOpen(page, number))
            {
                _places[number] = (data, number * (long)LogPage.Size, false);
            }
            else
            {
                _damaged.Add(number);
            }
        }

        // What both files say of a filling; the newer one also says where the older one ended.
        var logs = new[] { first, second }
            .Select(file => (File: file, Header: HeaderOf(file), Mark: LogMark.Read(file)))
            .OrderBy(log => log.Header.Epoch)
            .ToList();
        foreach (var (file, header, mark) in logs)
        {
            var newer = logs.Find(log => log.Header.Epoch == header.Epoch + 1);
            var end = newer.Header.Epoch > 0 ? newer.Header.Before : mark.Epoch == header.Epoch ? mark.End : default;
            if (header.Epoch > 0 && header.Epoch + 1 >= logs[^1].Header.Epoch)
            {
                AddFrames(file, header.Epoch, end);
            }
        }
    }

    /// <summary>Pages and frames of acknowledged changes that cannot be proven; what they held may be older or missing.</summary>
    public int Lost => _lostFrames + _damaged.Count(page => !_places.ContainsKey(page));

    public IEnumerable<uint> Numbers => _places.Keys.Order();

    /// <returns>False when no whole version of the page is there.</returns>
    public bool TryRead(uint number, Span<byte> page)
    {
        if (!_places.TryGetValue(number, out var place))
        {
            return false;
        }

        return place.File.Read(page, place.Offset) == page.Length
            && (place.IsInLog || DataPage.TryOpen(page, number));
    }

    /// <summary>A header that is gone takes nothing with it as long as the mark names the filling.</summary>
    private static LogHeader HeaderOf(IStorageFile file)
    {
        var (first, second) = (LogHeader.Read(file, 0), LogHeader.Read(file, 1));
        var header = first.Epoch >= second.Epoch ? first : second;
        var mark = LogMark.Read(file);
        return mark.Epoch > header.Epoch ? new LogHeader(mark.Epoch, default) : header;
    }

    private void AddFrames(IStorageFile file, ulong epoch, FrameChain end)
    {
        var proven = new SortedDictionary<int, Frame>();
        ProveForward(file, epoch, proven);
        ProveBackward(file, end, proven);
        _lostFrames += Enumerable.Range(0, end.Frames).Count(frame => !proven.ContainsKey(frame));
        var pending = new List<Frame>();
        var next = 0;
        foreach (var (index, frame) in proven)
        {
            if (index != next)
            {
                // The page that closed them may be among the lost; up to the end all was acknowledged.
                pending.ForEach(Add);
                pending.Clear();
            }

            next = index + 1;
            pending.Add(frame);
            if (frame.IsConfirmed)
            {
                pending.Where(other => other.Transaction == frame.Transaction).ToList().ForEach(Add);
                pending.Clear();
            }
        }

        void Add(Frame frame) => _places[frame.Page] = (file, frame.Offset, true);
    }

    private static void ProveForward(IStorageFile file, ulong epoch, SortedDictionary<int, Frame> proven)
    {
        var (frame, next) = (new byte[LogFile.FrameSize], new byte[LogFile.FrameSize]);
        var chain = epoch;
        for (var index = 0; TryReadFrame(file, index, frame); index++)
        {
            chain = LogFile.Checksum(frame.AsSpan(sizeof(ulong)), chain);
            // When the checksum itself is damaged, the next frame's proves the page: it was made of the right one.
            if (ChecksumOf(frame) != chain
                && !(TryReadFrame(file, index + 1, next) && ChecksumOf(next) == LogFile.Checksum(next.AsSpan(sizeof(ulong)), chain)))
            {
                break;
            }

            proven[index] = Frame.Of(frame, index);
        }
    }

    private static void ProveBackward(IStorageFile file, FrameChain end, SortedDictionary<int, Frame> proven)
    {
        var (frame, before) = (new byte[LogFile.FrameSize], new byte[LogFile.FrameSize]);
        var checksum = end.Checksum;
        for (var index = end.Frames - 1; index > 0 && !proven.ContainsKey(index); index--)
        {
            if (!TryReadFrame(file, index, frame) || !TryReadFrame(file, index - 1, before)
                || LogFile.Checksum(frame.AsSpan(sizeof(ulong)), ChecksumOf(before)) != checksum)
            {
                break;
            }

            proven[index] = Frame.Of(frame, index);
            checksum = ChecksumOf(before);
        }
    }

    private static bool TryReadFrame(IStorageFile file, int index, byte[] frame) =>
        file.Read(frame, LogFile.PositionOf(index)) == frame.Length;

    private static ulong ChecksumOf(byte[] frame) => BinaryPrimitives.ReadUInt64LittleEndian(frame);

    private readonly record struct Frame(uint Page, uint Transaction, bool IsConfirmed, long Offset)
    {
        public static Frame Of(byte[] frame, int index)
        {
            var page = frame.AsSpan(sizeof(ulong));
            return new Frame(
                LogPage.NumberOf(page), LogPage.TransactionOf(page), LogPage.IsConfirmed(page),
                LogFile.PositionOf(index) + sizeof(ulong));
        }
    }
}
