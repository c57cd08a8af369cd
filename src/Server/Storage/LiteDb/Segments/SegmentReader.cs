using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb.Segments;

/// <summary>Reads events from segments.</summary>
/// <remarks>
/// A file is open only while it is read, so that what is deleted gives its space back at once; the last few indexes are kept.
/// Threading: any. Throws: <see cref="StoreDamagedException"/> when a file is missing or not what was written.
/// </remarks>
/// <param name="directory">Where the files are.</param>
/// <param name="open">Opens one that is there.</param>
internal sealed class SegmentReader(string directory, Func<string, IStorageFile> open)
{
    private const int KeptIndexes = 8;

    private readonly Lock _gate = new();
    private readonly List<(Segment Segment, SegmentIndex Index)> _indexes = [];

    public string PathOf(Segment segment) => Path.Combine(directory, segment.Name);

    /// <summary>Adds the events of a range that the segment holds.</summary>
    public void Read(Segment segment, long first, long last, EpochTable epochs, List<StoredReport> events)
    {
        using var file = Open(segment);
        var entries = IndexOf(segment, file).Entries;
        for (var at = Array.FindIndex(entries, entry => entry.Last >= first); at >= 0 && at < entries.Length && entries[at].First <= last; at++)
        {
            var entry = entries[at];
            var bytes = new byte[SegmentFormat.ChunkHeadSize + entry.Length];
            if (file.Read(bytes, entry.Offset) != bytes.Length || SegmentFormat.TryReadChunk(bytes) is not { } chunk || chunk.Check != entry.Check)
            {
                throw Damaged(segment, entry.Offset, "the reports there are not the ones that were written");
            }

            var (from, through) = (Math.Max(first, entry.First), Math.Min(last, entry.Last));
            EventChunk.Read(
                bytes.AsMemory(SegmentFormat.ChunkHeadSize), entry.First, from, events.Count + (int)(through - from + 1), epochs, events);
        }
    }

    /// <summary>Whether any of some numbers is among the events that it holds.</summary>
    public bool HoldsAny(Segment segment, NumberTable numbers)
    {
        using var file = Open(segment);
        return Array.Exists(IndexOf(segment, file).Entries, entry => numbers.Meets(entry.First, entry.Last));
    }

    /// <summary>Reads every byte of it.</summary>
    public void Verify(Segment segment)
    {
        using var file = Open(segment);
        IndexOf(segment, file, anew: true);
        var content = new byte[segment.Length];
        file.Read(content, 0);
        if (SegmentContents.TryReadWhole(content, out var damagedAt) is null)
        {
            throw Damaged(segment, damagedAt, "what is there is not what was written");
        }
    }

    private IStorageFile Open(Segment segment)
    {
        try
        {
            return open(PathOf(segment));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(segment);
        }
    }

    /// <summary>For a start: a segment that is not there is damage, even when nobody asks for it.</summary>
    public void RefuseMissing(Segment segment)
    {
        using var file = Open(segment);
        if (file.Length != segment.Length)
        {
            throw Damaged(segment, null, $"it has {file.Length} bytes instead of {segment.Length}");
        }
    }

    private SegmentIndex IndexOf(Segment segment, IStorageFile file, bool anew = false)
    {
        lock (_gate)
        {
            if (!anew && _indexes.FindIndex(kept => kept.Segment == segment) is var at and >= 0)
            {
                return _indexes[at].Index;
            }
        }

        var index = SegmentFormat.TryReadIndex(file, segment.Length);
        if (index is null || index.Check != segment.Check)
        {
            throw Damaged(segment, null, "its index is not the one that was written");
        }

        lock (_gate)
        {
            _indexes.Add((segment, index));
            if (_indexes.Count > KeptIndexes)
            {
                _indexes.RemoveAt(0);
            }
        }

        return index;
    }

    private static StoreDamagedException Missing(Segment segment) => Damaged(
        segment, null, $"the file with reports {segment.First} to {segment.Last} is missing");

    private static StoreDamagedException Damaged(Segment segment, long? offset, string what) =>
        new($"{Segment.Directory}/{segment.Name}", offset, what);
}
