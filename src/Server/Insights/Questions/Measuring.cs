using System.Numerics;
using Telemetry.Server.Insights.Projection;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Sums, means and percentiles of what installations reported last.</summary>
/// <remarks>Each member's group, and what it tells of each field, one after another: then groups can be folded as one likes.</remarks>
internal sealed class Measuring
{
    private readonly int[] _groups;
    private readonly long[][] _cells;
    private readonly double[] _scales;

    /// <param name="question">The question, of the running day.</param>
    /// <param name="view">The fleet.</param>
    /// <param name="grouping">The groups.</param>
    /// <param name="fields">The fields, as the view has them.</param>
    public Measuring(Question question, FleetView view, Grouping grouping, int fields)
    {
        // An app may keep fewer decimals of a field than another one.
        var scales = Enumerable.Range(0, fields)
            .Select(field => view.Apps.Select(app => app.MeasureFields[field]?.Scale ?? 1).DefaultIfEmpty(1).Max()).ToArray();
        var parts = view.Apps.Zip(grouping.Plans).Where(pair => !pair.Second.IsExcluded)
            .SelectMany(pair => pair.First.Chunks.Select(chunk => (App: pair.First, Plan: pair.Second, Chunk: chunk)))
            .AsParallel().AsOrdered()
            .Select(work => Read(question, view.Today, work.Plan, work.Chunk, [.. scales.Select((scale, field) => scale / (work.App.MeasureFields[field]?.Scale ?? 1))]))
            .ToList();
        _scales = [.. scales.Select(scale => (double)scale)];
        _groups = [.. parts.SelectMany(part => part.Groups)];
        _cells = [.. Enumerable.Range(0, fields).Select(field => parts.SelectMany(part => part.Cells[field]).ToArray())];
    }

    /// <summary>One measure of each group.</summary>
    /// <param name="measure">What to compute.</param>
    /// <param name="field">Its field's place.</param>
    /// <param name="groupOf">Where each group is folded into.</param>
    /// <param name="count">How many there are then.</param>
    public (double[] Values, long[] Known) Of(Measure measure, int field, IReadOnlyList<int> groupOf, int count)
    {
        var known = new long[count];
        var sums = new UInt128[count];
        var cells = _cells[field];
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i] >= 0)
            {
                known[groupOf[_groups[i]]]++;
                sums[groupOf[_groups[i]]] += (ulong)cells[i];
            }
        }

        var values = new double[count];
        for (var group = 0; group < count; group++)
        {
            values[group] = known[group] == 0 && measure.Kind != MeasureKind.Sum
                ? double.NaN
                : (double)sums[group] / _scales[field] / (measure.Kind == MeasureKind.Mean ? known[group] : 1);
        }

        if (measure.Kind == MeasureKind.Percentile)
        {
            Percentiles(measure.Percentile, field, groupOf, known, values);
        }

        return (values, known);
    }

    private void Percentiles(int percentile, int field, IReadOnlyList<int> groupOf, long[] known, double[] values)
    {
        // All values of a group side by side.
        var starts = new int[known.Length + 1];
        for (var group = 0; group < known.Length; group++)
        {
            starts[group + 1] = starts[group] + (int)known[group];
        }

        var (next, sorted, cells) = (starts[..^1], new long[starts[^1]], _cells[field]);
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i] >= 0)
            {
                sorted[next[groupOf[_groups[i]]]++] = cells[i];
            }
        }

        for (var group = 0; group < known.Length; group++)
        {
            if (known[group] > 0)
            {
                var rank = (int)((percentile * known[group]) + 99) / 100 - 1;
                values[group] = Selection.Nth(sorted.AsSpan(starts[group], (int)known[group]), rank) / _scales[field];
            }
        }
    }

    private static (int[] Groups, long[][] Cells) Read(Question question, int today, AppPlan plan, ChunkView chunk, long[] factors)
    {
        var mask = new ulong[chunk.Words];
        Population.Of(chunk, question.Activity, question.Window, today, today, mask);
        var members = Masks.Count(mask);
        var (groups, ordinals, count) = (new int[members], new int[members], 0);
        for (var word = 0; word < mask.Length; word++)
        {
            for (var bits = mask[word]; bits != 0; bits &= bits - 1)
            {
                var ordinal = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (plan.GroupOf(chunk, ordinal) is var group and >= 0)
                {
                    (groups[count], ordinals[count]) = (group, ordinal);
                    count++;
                }
            }
        }

        var cells = new long[factors.Length][];
        for (var field = 0; field < cells.Length; field++)
        {
            cells[field] = new long[count];
            var column = chunk.Measures[field];
            for (var i = 0; i < count; i++)
            {
                cells[field][i] = column?[ordinals[i]] is { } cell and > 0 ? ((long)cell - 1) * factors[field] : -1;
            }
        }

        return (groups[..count], cells);
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
