using System.Buffers;
using System.Numerics;
using Telemetry.Server.Insights.Projection;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Sums, means and percentiles of what installations reported last.</summary>
/// <remarks>Each member's group, and what it tells of each field, one after another: then groups can be folded as one likes.</remarks>
internal sealed class Measuring : IDisposable
{
    /// <summary>How many counters finding percentiles takes at most: 16 MB.</summary>
    private const int MaxCounters = 4_000_000;

    private readonly List<Part> _parts;
    private readonly double[] _scales;
    private Histogram? _histogram;

    /// <param name="question">The question, of the running day.</param>
    /// <param name="view">The fleet.</param>
    /// <param name="grouping">The groups.</param>
    /// <param name="fields">The fields, as the view has them.</param>
    public Measuring(Question question, FleetView view, Grouping grouping, int fields)
    {
        // An app may keep fewer decimals of a field than another one.
        var scales = Enumerable.Range(0, fields)
            .Select(field => view.Apps.Select(app => app.MeasureFields[field]?.Scale ?? 1).DefaultIfEmpty(1).Max()).ToArray();
        _parts = view.Apps.Zip(grouping.Plans).Where(pair => !pair.Second.IsExcluded)
            .SelectMany(pair => pair.First.Chunks.Select(chunk => (App: pair.First, Plan: pair.Second, Chunk: chunk)))
            .AsParallel().AsOrdered()
            .Select(work => Read(question, view.Today, work.Plan, work.Chunk, [.. scales.Select((scale, field) => scale / (work.App.MeasureFields[field]?.Scale ?? 1))]))
            .ToList();
        _scales = [.. scales.Select(scale => (double)scale)];
    }

    /// <summary>One measure of each group.</summary>
    /// <param name="measure">What to compute.</param>
    /// <param name="field">Its field's place.</param>
    /// <param name="groupOf">Where each group is folded into.</param>
    /// <param name="count">How many there are then.</param>
    public (double[] Values, long[] Known) Of(Measure measure, int field, int[] groupOf, int count)
    {
        if (measure.Kind == MeasureKind.Percentile && count > 0)
        {
            return Percentiles(measure.Percentile, field, groupOf, count);
        }

        var (known, sums) = (new long[count], new UInt128[count]);
        foreach (var part in _parts)
        {
            var (groups, cells) = (part.Groups, part.Cells[field]);
            for (var i = 0; i < part.Count; i++)
            {
                if (cells[i] >= 0)
                {
                    known[groupOf[groups[i]]]++;
                    sums[groupOf[groups[i]]] += (ulong)cells[i];
                }
            }
        }

        var values = sums.Select((sum, group) => known[group] == 0 && measure.Kind != MeasureKind.Sum
            ? double.NaN
            : (double)sum / _scales[field] / (measure.Kind == MeasureKind.Mean ? known[group] : 1));
        return ([.. values], known);
    }

    /// <summary>Nearest ranks: the part of the numbers' range in which each lies is counted out, then found within that part.</summary>
    private (double[] Values, long[] Known) Percentiles(int percentile, int field, int[] groupOf, int count)
    {
        var histogram = _histogram is { } known && known.Field == field && ReferenceEquals(known.GroupOf, groupOf)
            ? known
            : _histogram = HistogramOf(field, groupOf, count);
        // By group: in which bucket its rank lies, at which place in it, and where its values of that bucket begin.
        var (buckets, ranks, starts) = (new int[count], new int[count], new int[count + 1]);
        for (var group = 0; group < count; group++)
        {
            (buckets[group], ranks[group]) = histogram.Find(group, ((percentile * histogram.Known[group]) + 99) / 100 - 1);
            starts[group + 1] = starts[group] + histogram.At(group, buckets[group]);
        }

        var values = new double[count];
        var members = histogram.Shift == 0 ? [] : MembersOf(histogram, buckets, starts);
        for (var group = 0; group < count; group++)
        {
            values[group] = histogram.Known[group] == 0 ? double.NaN
                : (histogram.Shift == 0 ? buckets[group] : Selection.Nth(members.AsSpan(starts[group]..starts[group + 1]), ranks[group])) / _scales[field];
        }

        return (values, histogram.Known);
    }

    private Histogram HistogramOf(int field, int[] groupOf, int count)
    {
        var bits = Math.Min(16, BitOperations.Log2((uint)Math.Max(1, MaxCounters / count)));
        var max = _parts.Select(part => part.Largest[field]).DefaultIfEmpty(0).Max();
        var histogram = new Histogram(field, groupOf, count, Math.Max(0, 64 - BitOperations.LeadingZeroCount((ulong)max) - bits), max);
        foreach (var part in _parts)
        {
            histogram.Add(part, part.Cells[field]);
        }

        return histogram;
    }

    /// <summary>The values in the buckets asked for, those of a group side by side.</summary>
    private long[] MembersOf(Histogram histogram, int[] buckets, int[] starts)
    {
        var (members, next) = (new long[starts[^1]], starts[..^1]);
        foreach (var part in _parts)
        {
            var (groups, cells) = (part.Groups, part.Cells[histogram.Field]);
            for (var i = 0; i < part.Count; i++)
            {
                if (cells[i] >= 0 && histogram.GroupOf[groups[i]] is var group && cells[i] >> histogram.Shift == buckets[group])
                {
                    members[next[group]++] = cells[i];
                }
            }
        }

        return members;
    }

    private static Part Read(Question question, int today, AppPlan plan, ChunkView chunk, long[] factors)
    {
        var mask = new ulong[chunk.Words];
        new Population(chunk, today).Of(question.Activity, question.Window, today, mask);
        plan.Keep(chunk, mask);
        // Large arrays of one's own would have the collector go through everything, and all wait for it.
        var count = Masks.Count(mask);
        var groups = ArrayPool<int>.Shared.Rent(count);
        if (plan.Groups.Count == 0)
        {
            Array.Clear(groups);
        }
        else
        {
            var next = 0;
            for (var word = 0; word < mask.Length; word++)
            {
                for (var bits = mask[word]; bits != 0; bits &= bits - 1)
                {
                    groups[next++] = plan.GroupOf(chunk, (word << 6) + BitOperations.TrailingZeroCount(bits));
                }
            }
        }

        var (cells, largest) = (new long[factors.Length][], new long[factors.Length]);
        for (var field = 0; field < cells.Length; field++)
        {
            cells[field] = ArrayPool<long>.Shared.Rent(count);
            largest[field] = Scan.Read(mask, chunk.Measures[field], factors[field], cells[field].AsSpan(0, count));
        }

        return new Part(count, groups, cells, largest);
    }

    public void Dispose()
    {
        foreach (var part in _parts)
        {
            ArrayPool<int>.Shared.Return(part.Groups);
            Array.ForEach(part.Cells, cells => ArrayPool<long>.Shared.Return(cells));
        }

        _parts.Clear();
    }

    /// <summary>One chunk's members.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Groups">Their groups.</param>
    /// <param name="Cells">By field: what they tell; -1 for nothing.</param>
    /// <param name="Largest">By field: the largest number.</param>
    private sealed record Part(int Count, int[] Groups, long[][] Cells, long[] Largest);

    /// <summary>How many values of each group lie in which part of the numbers' range.</summary>
    private sealed class Histogram(int place, int[] groupOf, int count, int shift, long max)
    {
        private readonly int _buckets = (int)(max >> shift) + 1;
        private readonly int[] _counts = new int[((max >> shift) + 1) * count];

        /// <summary>The field's place.</summary>
        public int Field => place;

        public int[] GroupOf => groupOf;

        /// <summary>How many bits of a number its bucket leaves open.</summary>
        public int Shift => shift;

        public long[] Known { get; } = new long[count];

        public void Add(Part part, long[] cells)
        {
            var groups = part.Groups;
            for (var i = 0; i < part.Count; i++)
            {
                if (cells[i] >= 0)
                {
                    var group = groupOf[groups[i]];
                    Known[group]++;
                    _counts[(group * _buckets) + (int)(cells[i] >> shift)]++;
                }
            }
        }

        public int At(int group, int bucket) => _counts[(group * _buckets) + bucket];

        /// <summary>The bucket of what stands at a place, and its place among those of the bucket.</summary>
        public (int Bucket, int Rank) Find(int group, long rank)
        {
            for (var bucket = 0; bucket < _buckets; bucket++)
            {
                if (rank < At(group, bucket))
                {
                    return (bucket, (int)Math.Max(0, rank));
                }

                rank -= At(group, bucket);
            }

            return (0, 0);
        }
    }
}

/// <summary>Finds what would stand at a place if values were sorted, without sorting them.</summary>
internal static class Selection
{
    /// <param name="values">The values; they change places.</param>
    /// <param name="rank">The place, from 0.</param>
    public static long Nth(Span<long> values, int rank)
    {
        while (values.Length > 16)
        {
            var pivot = MedianOfThree(values[0], values[values.Length / 2], values[^1]);
            var (below, at, above) = (0, 0, values.Length);
            while (at < above)
            {
                if (values[at] < pivot)
                {
                    (values[below], values[at]) = (values[at], values[below]);
                    below++;
                    at++;
                }
                else if (values[at] > pivot)
                {
                    above--;
                    (values[above], values[at]) = (values[at], values[above]);
                }
                else
                {
                    at++;
                }
            }

            if (rank < below)
            {
                values = values[..below];
            }
            else if (rank >= above)
            {
                values = values[above..];
                rank -= above;
            }
            else
            {
                return pivot;
            }
        }

        values.Sort();
        return values[rank];
    }

    private static long MedianOfThree(long a, long b, long c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
