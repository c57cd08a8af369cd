using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>What is left of the segments of a damaged store: whole files, and events that prove themselves in the others.</summary>
internal sealed class SalvagedSegments
{
    private readonly List<(Segment Segment, SegmentIndex Index, string Path)> _whole = [];
    private readonly SortedDictionary<long, ReadOnlyMemory<byte>> _events = [];

    /// <summary>Files that stay as they are.</summary>
    public IEnumerable<Segment> Whole => _whole.Select(whole => whole.Segment);

    /// <summary>Numbers in whole files.</summary>
    public IEnumerable<(long First, long Last)> Ranges => _whole.SelectMany(whole => whole.Index.Entries).Select(entry => (entry.First, entry.Last));

    /// <summary>Events of files that are not whole, which nothing else has.</summary>
    public IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Events => _events;

    /// <summary>Files that are not whole.</summary>
    public List<string> Damaged { get; } = [];

    /// <param name="options">Where, and how files are opened.</param>
    /// <param name="isElsewhere">Whether a range of numbers is in the database, or no longer kept.</param>
    /// <param name="isListed">Whether the database knows a segment.</param>
    public static SalvagedSegments Read(
        LiteDbStoreOptions options, Func<long, long, bool> isElsewhere, Predicate<Segment> isListed)
    {
        var salvaged = new SalvagedSegments();
        var directory = Path.Combine(options.Directory, Segment.Directory);
        var paths = Directory.Exists(directory) ? Directory.GetFiles(directory, Segment.Pattern) : [];
        var unlisted = new List<(Segment Segment, SegmentIndex Index, string Path)>();
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            var content = ReadAll(options, path);
            if (Segment.Parse(path) is not var (_, revision))
            {
                continue;
            }

            if (SegmentContents.TryReadWhole(content, out _) is { } index)
            {
                var segment = new Segment(index.Entries[0].First, index.Entries[^1].Last, revision, index.AtMs, content.Length, index.Check);
                (isListed(segment) ? salvaged._whole : unlisted).Add((segment, index, path));
            }
            else
            {
                salvaged.Damaged.Add(path);
            }
        }

        // A file that nothing lists is what a crash left, and its events are elsewhere; or the list is lost.
        // Of two that were one after the other, the later one is without what was erased.
        foreach (var other in unlisted.OrderByDescending(other => other.Segment.Revision).Where(other =>
            !isElsewhere(other.Segment.First, other.Segment.Last)
            && salvaged.Whole.All(whole => whole.Last < other.Segment.First || whole.First > other.Segment.Last)))
        {
            salvaged._whole.Add(other);
        }

        salvaged._whole.Sort((left, right) => left.Segment.First.CompareTo(right.Segment.First));
        foreach (var (number, record) in salvaged.Damaged.SelectMany(path => SegmentContents.FindProvable(ReadAll(options, path))))
        {
            if (!isElsewhere(number, number) && salvaged.Whole.All(whole => number < whole.First || number > whole.Last))
            {
                salvaged._events[number] = record;
            }
        }

        return salvaged;
    }

    private static byte[] ReadAll(LiteDbStoreOptions options, string path)
    {
        using var file = options.OpenWritten(path);
        var content = new byte[file.Length];
        return content[..file.Read(content, 0)];
    }

    /// <summary>The apps whose reports are in whole files.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> RecordsOf(LiteDbStoreOptions options) =>
        _whole.SelectMany(whole => SegmentContents.FindProvable(ReadAll(options, whole.Path))).Select(found => found.Record);
}
