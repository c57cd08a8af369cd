using System.Collections.Immutable;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Numbers of events, in ranges: ascending, merged where they touch. Immutable.</summary>
internal sealed class NumberTable
{
    public static readonly NumberTable Empty = new([]);

    public NumberTable(IEnumerable<NumberRange> ranges)
    {
        var merged = ImmutableArray.CreateBuilder<NumberRange>();
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = new NumberRange(merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            }
            else
            {
                merged.Add(range);
            }
        }

        Ranges = merged.ToImmutable();
    }

    public ImmutableArray<NumberRange> Ranges { get; }

    /// <returns>The last number of the range that holds a number; null when none does.</returns>
    public long? Through(long number) =>
        IndexAfter(number) - 1 is var at and >= 0 && Ranges[at].Last >= number ? Ranges[at].Last : null;

    public bool Holds(long number) => Through(number) is not null;

    /// <summary>Whether all numbers from one through another are in it; true when there are none.</summary>
    public bool Covers(long first, long last) => first > last || Through(first) >= last;

    /// <summary>Whether any number from one through another is in it.</summary>
    public bool Meets(long first, long last) => IndexAfter(last) - 1 is var at and >= 0 && Ranges[at].Last >= first;

    public NumberTable With(IEnumerable<NumberRange> ranges) => new(Ranges.Concat(ranges));

    private int IndexAfter(long number)
    {
        var (low, high) = (0, Ranges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Ranges[middle].First <= number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
