using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Questions;

/// <summary>What became of those that first reported in a month.</summary>
internal sealed class CohortEngine(FleetProjection projection)
{
    /// <summary>How many days lie between two looks.</summary>
    public const int Interval = 30;

    public (FleetView View, List<Cohort> Cohorts) Of(IReadOnlySet<string>? slugs, IReadOnlyList<FieldChoice> filters, int months)
    {
        var question = new Question { Apps = slugs, Filters = filters };
        using var view = projection.Look(slugs, new ViewNeeds(Grouping.DimensionsOf(question), []));
        var grouping = new Grouping(question, view);
        var first = UtcDay.StartOfMonth(view.Today);
        var starts = new List<int> { first };
        while (starts.Count < months)
        {
            starts.Insert(0, UtcDay.StartOfMonth(starts[0] - 1));
        }

        var looks = ((view.Today - starts[0]) / Interval) + 1;
        var parts = Counting.ChunksOf(view, grouping).AsParallel()
            .Select(work => Count(view, work.Plan, work.Chunk, starts, looks)).ToList();
        return (view, [.. starts.Select((start, month) => new Cohort(
            start, parts.Sum(part => part.Members[month]),
            [.. Enumerable.Range(0, looks).Select(look => (parts.Sum(part => part.Eligible[month][look]), parts.Sum(part => part.Active[month][look])))
                .TakeWhile(survival => survival.Item1 > 0)]))]);
    }

    private static (long[] Members, long[][] Eligible, long[][] Active) Count(
        FleetView view, AppPlan plan, ChunkView chunk, List<int> starts, int looks)
    {
        var (members, eligible, active) = (new long[starts.Count], Rows(), Rows());
        var dimensions = plan.Filters.Select(filter => filter.Dimension).Distinct().ToList();
        var mask = new ulong[chunk.Words];
        var still = new ulong[chunk.Words];
        for (var day = Math.Min(view.Today, chunk.RunningDay); day >= Math.Max(starts[0], chunk.FirstDay); day--)
        {
            var (from, until) = (chunk.KnownAt(day - 1), chunk.KnownAt(day));
            if (from == until)
            {
                continue;
            }

            dimensions.ForEach(dimension => chunk.GoTo(dimension, day));
            var words = (From: from >> 6, Until: ((until - 1) >> 6) + 1);
            var range = mask.AsSpan(words.From, words.Until - words.From);
            range.Clear();
            for (var ordinal = from; ordinal < until; ordinal++)
            {
                mask[ordinal >> 6] |= plan.GroupOf(chunk, ordinal) >= 0 && !IsErased(chunk, ordinal) ? 1UL << ordinal : 0;
            }

            var (month, count) = (starts.FindLastIndex(start => start <= day), Masks.Count(range));
            members[month] += count;
            for (var look = 0; look < looks && day + ((look + 1) * Interval) is var then && then < Math.Min(view.Today, chunk.RunningDay); look++)
            {
                if (!view.IsKept(then - Population.Absence + 1))
                {
                    continue;
                }

                var reported = still.AsSpan(words.From, words.Until - words.From);
                reported.Clear();
                for (var back = then - Population.Absence + 1; back <= then; back++)
                {
                    var bits = chunk.Bits(back);
                    Masks.Or(reported, bits.Length > words.From ? bits[words.From..Math.Min(bits.Length, words.Until)] : []);
                }

                eligible[month][look] += count;
                active[month][look] += Masks.CountOfBoth(range, reported);
            }
        }

        return (members, eligible, active);

        long[][] Rows() => [.. starts.Select(_ => new long[looks])];
    }

    private static bool IsErased(ChunkView chunk, int ordinal) => chunk.Erased is { } erased && (erased[ordinal >> 6] >> ordinal & 1) != 0;
}

/// <summary>Those that first reported in one month.</summary>
/// <param name="Month">The month's first day.</param>
/// <param name="Installations">How many.</param>
/// <param name="Survival">For how many a look has come, and how many of those were active in 30 days at it.</param>
internal sealed record Cohort(int Month, long Installations, IReadOnlyList<(long Eligible, long Active)> Survival);
