using System.Numerics;
using Telemetry.Server.Insights.Projection;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Counts installations by group, on one day or on many.</summary>
internal static class Counting
{
    /// <summary>By point, the count of each group.</summary>
    /// <param name="question">The question.</param>
    /// <param name="view">The fleet. Its codes are those of the oldest point's day afterwards.</param>
    /// <param name="grouping">The groups.</param>
    /// <param name="points">The points, oldest first.</param>
    public static long[][] Count(Question question, FleetView view, Grouping grouping, IReadOnlyList<Point> points)
    {
        var counts = points.Select(_ => new long[grouping.Count]).ToArray();
        var days = DaysOf(question, points);
        Parallel.ForEach(
            ChunksOf(view, grouping),
            () => points.Select(_ => new long[grouping.Count]).ToArray(),
            (work, _, own) =>
            {
                new ChunkCount(question, view.Today, work.Plan, work.Chunk, grouping).Run(days, own);
                return own;
            },
            own =>
            {
                lock (counts)
                {
                    for (var point = 0; point < counts.Length; point++)
                    {
                        for (var group = 0; group < grouping.Count; group++)
                        {
                            counts[point][group] += own[point][group];
                        }
                    }
                }
            });
        return counts;
    }

    public static IEnumerable<(AppPlan Plan, ChunkView Chunk)> ChunksOf(FleetView view, Grouping grouping) =>
        view.Apps.Zip(grouping.Plans)
            .Where(pair => !pair.Second.IsExcluded)
            .SelectMany(pair => pair.First.Chunks.Select(chunk => (pair.Second, chunk)));

    /// <summary>The days to count, newest first: of events each, of a population the last of each point.</summary>
    private static List<(int Day, int Point)> DaysOf(Question question, IReadOnlyList<Point> points)
    {
        var days = new List<(int Day, int Point)>();
        for (var point = points.Count - 1; point >= 0; point--)
        {
            var oldest = question.CountsEvents ? points[point].Start : points[point].End;
            for (var day = points[point].End; day >= oldest; day--)
            {
                days.Add((day, point));
            }
        }

        return days;
    }

    /// <summary>One chunk's way back through the days.</summary>
    private sealed class ChunkCount(Question question, int today, AppPlan plan, ChunkView chunk, Grouping grouping)
    {
        private readonly int[] _dimensions =
            [.. plan.Filters.Select(filter => filter.Dimension).Concat(plan.Groups.Select(group => group.Dimension)).Where(dimension => dimension >= 0).Distinct()];

        private readonly long[] _counts = new long[grouping.Count];
        private ulong[] _mask = new ulong[chunk.Words];
        private ulong[] _next = new ulong[chunk.Words];

        public void Run(List<(int Day, int Point)> days, long[][] counts)
        {
            foreach (var dimension in _dimensions)
            {
                chunk.Undo(dimension, chunk.RunningDay, days[0].Day);
            }

            if (days.Count == 1)
            {
                Population.Of(chunk, question.Activity, question.Window, days[0].Day, today, _mask);
                CountOnce(counts[days[0].Point]);
                return;
            }

            var groups = new int[chunk.Count];
            for (var ordinal = 0; ordinal < groups.Length; ordinal++)
            {
                groups[ordinal] = plan.GroupOf(chunk, ordinal);
            }

            for (var i = 0; i < days.Count; i++)
            {
                if (i > 0)
                {
                    GoBack(days[i - 1].Day, days[i].Day, groups);
                }

                Population.Of(chunk, question.Activity, question.Window, days[i].Day, today, _next);
                Move(groups);
                var point = counts[days[i].Point];
                for (var group = 0; group < _counts.Length; group++)
                {
                    point[group] += _counts[group];
                }
            }
        }

        private void CountOnce(long[] counts)
        {
            for (var word = 0; word < _mask.Length; word++)
            {
                for (var bits = _mask[word]; bits != 0; bits &= bits - 1)
                {
                    if (plan.GroupOf(chunk, (word << 6) + BitOperations.TrailingZeroCount(bits)) is var group and >= 0)
                    {
                        counts[group]++;
                    }
                }
            }
        }

        /// <summary>Undoes what changed after a day; those that are counted go on being so, in the group they had.</summary>
        private void GoBack(int from, int to, int[] groups)
        {
            foreach (var dimension in _dimensions)
            {
                if (chunk.CodesOf(dimension) is not { } codes)
                {
                    continue;
                }

                for (var day = Math.Min(from, chunk.RunningDay); day > to; day--)
                {
                    var changes = chunk.ChangesOf(day, dimension);
                    for (var i = changes.Length - 1; i >= 0; i--)
                    {
                        var ordinal = ClosedDay.OrdinalOf(changes[i]);
                        codes[ordinal] = ClosedDay.BeforeOf(changes[i]);
                        var group = plan.GroupOf(chunk, ordinal);
                        if (group != groups[ordinal])
                        {
                            if ((_mask[ordinal >> 6] >> ordinal & 1) != 0)
                            {
                                Add(groups[ordinal], -1);
                                Add(group, 1);
                            }

                            groups[ordinal] = group;
                        }
                    }
                }
            }
        }

        /// <summary>Counts only who came and who left.</summary>
        private void Move(int[] groups)
        {
            for (var word = 0; word < _mask.Length; word++)
            {
                var after = _next[word];
                for (var moved = _mask[word] ^ after; moved != 0; moved &= moved - 1)
                {
                    var bit = BitOperations.TrailingZeroCount(moved);
                    Add(groups[(word << 6) + bit], (after >> bit & 1) != 0 ? 1 : -1);
                }
            }

            (_mask, _next) = (_next, _mask);
        }

        private void Add(int group, int count)
        {
            if (group >= 0)
            {
                _counts[group] += count;
            }
        }
    }
}
