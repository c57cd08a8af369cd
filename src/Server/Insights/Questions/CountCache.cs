using System.Text;
using Telemetry.Server.Insights.Projection;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Counts of days that are over: they never change, but for an erasure.</summary>
/// <remarks>Threading: any. What was not asked for the longest time goes first.</remarks>
internal sealed class CountCache
{
    /// <summary>How many figures are kept: 32 MB.</summary>
    private const long MaxFigures = 4_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, long[][] Counts)>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, long[][] Counts)> _byUse = new();
    private long _figures;

    public static string KeyOf(Question question, FleetView view, Grouping grouping, IReadOnlyList<Point> points)
    {
        var key = new StringBuilder();
        key.Append(view.Generation).Append(' ').Append(grouping.Signature).Append(' ');
        key.Append(question.Activity).Append(question.Window).Append(question.Step).Append(' ');
        key.Append(points[0].Start).Append('-').Append(points[^1].End);
        foreach (var filter in question.Filters)
        {
            key.Append(" f").Append(filter.Field).Append(filter.Exclude).Append(filter.VersionParts);
            key.AppendJoin('\u0001', filter.Values.Order(StringComparer.Ordinal));
        }

        foreach (var grouping1 in question.GroupBy)
        {
            key.Append(" g").Append(grouping1.Field).Append(grouping1.VersionParts);
        }

        return key.ToString();
    }

    public long[][]? Find(string key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                return null;
            }

            _byUse.Remove(entry);
            _byUse.AddFirst(entry);
            return entry.Value.Counts;
        }
    }

    public void Add(string key, long[][] counts)
    {
        var size = SizeOf(counts);
        if (size > MaxFigures / 2)
        {
            return;
        }

        lock (_gate)
        {
            if (!_entries.TryAdd(key, _byUse.AddFirst((key, counts))))
            {
                _byUse.RemoveFirst();
                return;
            }

            _figures += size;
            while (_figures > MaxFigures)
            {
                var oldest = _byUse.Last!.Value;
                _byUse.RemoveLast();
                _entries.Remove(oldest.Key);
                _figures -= SizeOf(oldest.Counts);
            }
        }
    }

    private static long SizeOf(long[][] counts) => counts.Sum(point => (long)point.Length);
}
