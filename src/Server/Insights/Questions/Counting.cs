using System.Buffers;
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

        /// <summary>By group, from place 1; place 0 is for those who are in none.</summary>
        private readonly long[] _counts = new long[grouping.Count + 1];
        private readonly Population _population = new(chunk, today);
        private ulong[] _mask = new ulong[chunk.Words];
        private ulong[] _next = new ulong[chunk.Words];

        public void Run(List<(int Day, int Point)> days, long[][] counts)
        {
            foreach (var dimension in _dimensions)
            {
                chunk.GoTo(dimension, days[0].Day);
            }

            if (days.Count == 1)
            {
                _population.Of(question.Activity, question.Window, days[0].Day, _mask);
                plan.Keep(chunk, _mask);
                plan.Count(chunk, _mask, counts[days[0].Point]);
                return;
            }

            var groups = ArrayPool<int>.Shared.Rent(chunk.Count);
            plan.GroupsOf(chunk, groups.AsSpan(0, chunk.Count));
            foreach (ref var group in groups.AsSpan(0, chunk.Count))
            {
                group++;
            }

            for (var i = 0; i < days.Count; i++)
            {
                if (i > 0)
                {
                    GoBack(days[i - 1].Day, days[i].Day, groups);
                }

                _population.Of(question.Activity, question.Window, days[i].Day, _next);
                Move(groups);
                var point = counts[days[i].Point];
                for (var group = 0; group < point.Length; group++)
                {
                    point[group] += _counts[group + 1];
                }
            }

            ArrayPool<int>.Shared.Return(groups);
        }

        /// <summary>Undoes what changed after a day; those that are counted go on being so, in the group they had.</summary>
        private void GoBack(int from, int to, int[] groups)
        {
            foreach (var dimension in _dimensions)
            {
                var groupings = plan.Groups.FindAll(group => group.Dimension == dimension);
                var filters = plan.Filters.FindAll(filter => filter.Dimension == dimension);
                for (var day = Math.Min(from, chunk.RunningDay); day > to; day--)
                {
                    var changes = chunk.ChangesOf(day, dimension);
                    if (changes.IsEmpty)
                    {
                        continue;
                    }

                    var codes = chunk.OwnCodesOf(dimension);
                    if (filters.Count == 0 && groupings.Count == 1)
                    {
                        Regroup(changes, codes, groups, groupings[0].Part);
                    }
                    else if (filters.Count == 1 && groupings.Count == 0)
                    {
                        Refilter(changes, codes, groups, filters[0].Allowed);
                    }
                    else
                    {
                        for (var i = changes.Length - 1; i >= 0; i--)
                        {
                            var ordinal = ClosedDay.OrdinalOf(changes[i]);
                            codes[ordinal] = ClosedDay.BeforeOf(changes[i]);
                            Move(ordinal, groups, plan.GroupOf(chunk, ordinal) + 1);
                        }
                    }
                }

                chunk.WentTo(dimension, to);
            }
        }

        /// <summary>Of a dimension that tells groups apart: who is in a group goes from one to the other.</summary>
        private void Regroup(ReadOnlySpan<uint> changes, Span<ushort> codes, int[] groups, int[] part)
        {
            for (var i = changes.Length - 1; i >= 0; i--)
            {
                var (ordinal, before) = (ClosedDay.OrdinalOf(changes[i]), ClosedDay.BeforeOf(changes[i]));
                if (groups[ordinal] is var group and > 0)
                {
                    Move(ordinal, groups, group - part[codes[ordinal]] + part[before]);
                }

                codes[ordinal] = before;
            }
        }

        /// <summary>Of a dimension that is a filter: mostly a change leaves one where one was.</summary>
        private void Refilter(ReadOnlySpan<uint> changes, Span<ushort> codes, int[] groups, byte[] allowed)
        {
            for (var i = changes.Length - 1; i >= 0; i--)
            {
                var (ordinal, before) = (ClosedDay.OrdinalOf(changes[i]), ClosedDay.BeforeOf(changes[i]));
                var isSame = allowed[codes[ordinal]] == allowed[before];
                codes[ordinal] = before;
                if (!isSame)
                {
                    Move(ordinal, groups, plan.GroupOf(chunk, ordinal) + 1);
                }
            }
        }

        private void Move(int ordinal, int[] groups, int group)
        {
            var counted = (long)(_mask[ordinal >> 6] >> ordinal & 1);
            _counts[groups[ordinal]] -= counted;
            _counts[group] += counted;
            groups[ordinal] = group;
        }

        /// <summary>Counts only who came and who left.</summary>
        private void Move(int[] groups)
        {
            var (mask, next, counts) = (_mask, _next, _counts);
            for (var word = 0; word < mask.Length; word++)
            {
                var (before, after) = (mask[word], next[word]);
                for (var came = after & ~before; came != 0; came &= came - 1)
                {
                    counts[groups[(word << 6) + BitOperations.TrailingZeroCount(came)]]++;
                }

                for (var left = before & ~after; left != 0; left &= left - 1)
                {
                    counts[groups[(word << 6) + BitOperations.TrailingZeroCount(left)]]--;
                }
            }

            (_mask, _next) = (_next, _mask);
        }
    }
}
