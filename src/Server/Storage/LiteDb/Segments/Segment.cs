using System.Collections.Immutable;
using System.Globalization;
using Telemetry.DataFiles;

namespace Telemetry.Server.Storage.LiteDb.Segments;

/// <summary>A file of events that are no longer in the database: written once, never changed, deleted whole.</summary>
/// <param name="First">Number of its first event.</param>
/// <param name="Last">Number of its last event.</param>
/// <param name="Revision">Tells apart files that hold the same numbers one after the other; a name never means two contents.</param>
/// <param name="AtMs">The moment by which all of its events were accepted, Unix milliseconds; never before the segment before it.</param>
/// <param name="Length">The file's length.</param>
/// <param name="Check">Checksum of its index, which has a checksum of everything else.</param>
internal sealed record Segment(long First, long Last, int Revision, long AtMs, long Length, ulong Check)
{
    public const string Directory = DataDirectory.Segments;

    public const string Pattern = "*.segment";

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{First:D12}-{Revision}.segment");

    /// <returns>The number of the first event and the revision, as the name of a file tells them; null when it is no segment's.</returns>
    public static (long First, int Revision)? Parse(string name)
    {
        var parts = Path.GetFileNameWithoutExtension(name).Split('-');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
                ? (first, revision)
                : null;
    }
}

/// <summary>Where the kept events are: which in segments, and up to which number none are kept. Immutable.</summary>
/// <param name="segments">In the order of their numbers, without overlap.</param>
/// <param name="dropped">Number of the newest event that retention took; 0 when it took none.</param>
internal sealed class KeptEvents(ImmutableArray<Segment> segments, long dropped)
{
    public ImmutableArray<Segment> Segments => segments;

    public long Dropped => dropped;

    /// <summary>The newest number that is known without the database.</summary>
    public long Newest => segments is [.., var last] ? Math.Max(dropped, last.Last) : dropped;

    public long Bytes { get; } = segments.Sum(segment => segment.Length);

    /// <returns>The segment that holds a number, or a gap's place; null when none does.</returns>
    public Segment? Find(long number) =>
        IndexAfter(number) - 1 is var at and >= 0 && segments[at].Last >= number ? segments[at] : null;

    /// <summary>First number of the next segment after a number; the highest number there is when there is none.</summary>
    public long NextAfter(long number) => IndexAfter(number) is var at && at < segments.Length ? segments[at].First : long.MaxValue;

    /// <summary>The moment of the last segment before a number; 0 when there is none.</summary>
    public long AtMsBefore(long number) => IndexAfter(number) - 1 is var at and >= 0 ? segments[at].AtMs : 0;

    /// <summary>The first number from <paramref name="first"/> on, up to one after <paramref name="last"/>, that only the database can have.</summary>
    /// <param name="first">Where to begin.</param>
    /// <param name="last">Where to end.</param>
    /// <param name="absent">Numbers that nothing has any more.</param>
    public long FirstInDatabase(long first, long last, NumberTable absent)
    {
        first = Math.Max(first, dropped + 1);
        while (first <= last && (Find(first)?.Last ?? absent.Through(first)) is { } through)
        {
            first = through + 1;
        }

        return Math.Min(first, last + 1);
    }

    /// <summary>With one in the place of another; none when nothing of it is left.</summary>
    public KeptEvents Replace(Segment before, Segment? after) =>
        new KeptEvents(segments.Remove(before), dropped) is var without && after is not null ? without.With(after) : without;

    public KeptEvents With(Segment added) => new(segments.Insert(IndexAfter(added.First), added), dropped);

    /// <summary>Without segments that hold nothing after a number.</summary>
    public KeptEvents Without(long through) => new(segments.RemoveAll(segment => segment.Last <= through), Math.Max(dropped, through));

    private int IndexAfter(long number)
    {
        var (low, high) = (0, segments.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = segments[middle].First <= number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
