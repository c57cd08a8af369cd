using Telemetry.Server.Insights.Projection;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Makes an answer of what was counted: orders groups, folds the small ones, computes shares.</summary>
internal sealed class Answering(
    Question question, Grouping grouping, long[][] counts, long[][] previousCounts, Measuring? measuring, List<string> fields)
{
    public Answer Make(FleetView view, List<Point> points, List<Point> previous)
    {
        var folding = Fold();
        var figures = FiguresOf(folding, points, counts, measuring);
        var before = previous.Count > 0 ? FiguresOf(folding, previous, previousCounts, measuring: null) : null;
        // Without groups the only one is the total.
        var isTotal = question.GroupBy.Count == 0;
        var all = new Folding([[]], new int[grouping.Count], [-1], 1);
        var total = isTotal ? figures : FiguresOf(all, points, counts, measuring);
        var totalBefore = isTotal ? before : previous.Count > 0 ? FiguresOf(all, previous, previousCounts, measuring: null) : null;
        return new Answer
        {
            Position = view.Position,
            Time = view.Time,
            Today = view.Today,
            Points = points,
            PreviousPoints = previous,
            Groups = [.. folding.Keys.Select((key, group) => new Group(key, figures[group], before?[group] ?? []))],
            Total = new Group([], total[0], totalBefore?[0] ?? []),
            GroupCount = folding.Count,
        };
    }

    private Folding Fold()
    {
        var groupOf = new int[grouping.Count];
        if (question.GroupBy.Count == 0)
        {
            return new Folding([[]], groupOf, [-1], 1);
        }

        // Who is nowhere goes nowhere.
        Array.Fill(groupOf, -1);
        var present = Enumerable.Range(0, grouping.Count)
            .Where(group => counts.Any(point => point[group] != 0) || previousCounts.Any(point => point[group] != 0))
            .Select(group => (Group: group, Keys: grouping.KeysOf(group))).ToList();
        var ranks = Ranks();
        var values = present.Where(item => !IsSpecial(item.Keys))
            .OrderByDescending(item => ranks[item.Group]).ThenBy(item => item.Keys, Comparer<IReadOnlyList<GroupKey>>.Create(grouping.CompareKeys))
            .ToList();
        // Values that are not told apart at all belong to it whatever their number.
        var rest = values.Skip(question.Top).Concat(present.Where(item => IsFolded(item.Keys))).ToList();
        var folded = rest.Sum(item => item.Keys.Max(key => Math.Max(1, key.Folded)));
        var shown = values.Take(question.Top).ToList();
        if (question.InOwnOrder)
        {
            shown.Sort((left, right) => grouping.CompareKeys(left.Keys, right.Keys));
        }

        var keys = shown.Select(item => item.Keys).ToList();
        var alone = shown.Select(item => item.Group).ToList();
        for (var i = 0; i < shown.Count; i++)
        {
            groupOf[shown[i].Group] = i;
        }

        if (rest.Count > 0)
        {
            rest.ForEach(item => groupOf[item.Group] = keys.Count);
            keys.Add([.. question.GroupBy.Select(_ => new GroupKey(GroupKeyKind.Rest, Folded: folded))]);
            alone.Add(-1);
        }

        foreach (var item in present.Where(item => IsSpecial(item.Keys) && !IsFolded(item.Keys)).Order(Comparer<(int Group, IReadOnlyList<GroupKey> Keys)>.Create(
            (left, right) => grouping.CompareKeys(left.Keys, right.Keys))))
        {
            groupOf[item.Group] = keys.Count;
            keys.Add(item.Keys);
            alone.Add(-1);
        }

        return new Folding(keys, groupOf, alone, keys.Count - (rest.Count > 0 ? 1 : 0) + folded);
    }

    private static bool IsSpecial(IReadOnlyList<GroupKey> keys) => keys.Any(key => key.Kind != GroupKeyKind.Value);

    private static bool IsFolded(IReadOnlyList<GroupKey> keys) => keys.Any(key => key.Kind == GroupKeyKind.Rest);

    /// <summary>What the order compares: the first measure at the last point.</summary>
    private double[] Ranks()
    {
        var first = question.Measures[0];
        if (!first.IsOfField)
        {
            return [.. counts[^1].Select(count => (double)count)];
        }

        var own = Enumerable.Range(0, grouping.Count).ToArray();
        return [.. measuring!.Of(first, fields.IndexOf(first.Field), own, grouping.Count).Values.Select(value => double.IsNaN(value) ? double.MinValue : value)];
    }

    /// <summary>By group, the figures of each measure.</summary>
    private Figures[][] FiguresOf(Folding folding, List<Point> points, long[][] pointCounts, Measuring? measuring)
    {
        var (groupOf, count) = (folding.GroupOf, folding.Keys.Count);
        var folded = new long[points.Count][];
        for (var point = 0; point < points.Count; point++)
        {
            folded[point] = new long[count];
            for (var group = 0; group < groupOf.Length; group++)
            {
                if (groupOf[group] is var into and >= 0)
                {
                    folded[point][into] += pointCounts[point][group];
                }
            }
        }

        var byMeasure = question.Measures.Select(measure => measure.IsOfField
            ? OfField(measure, groupOf, count, points.Count, measuring)
            : Counted(measure, folding, points, folded, pointCounts)).ToList();
        return [.. Enumerable.Range(0, count).Select(group => byMeasure.Select(figures => figures[group]).ToArray())];
    }

    private Figures[] OfField(Measure measure, int[] groupOf, int count, int points, Measuring? measuring)
    {
        if (measuring is null)
        {
            // Of the past nobody knows: what installations report changes daily, and only the latest is kept.
            return [.. Enumerable.Range(0, count).Select(_ => new Figures([.. Enumerable.Repeat(double.NaN, points)], new long[points]))];
        }

        var (values, known) = measuring.Of(measure, fields.IndexOf(measure.Field), groupOf, count);
        return [.. Enumerable.Range(0, count).Select(group => new Figures([values[group]], [known[group]]))];
    }

    private Figures[] Counted(Measure measure, Folding folding, List<Point> points, long[][] folded, long[][] pointCounts)
    {
        var figures = folding.Keys.Select(_ => new Figures(new double[points.Count], [])).ToArray();
        for (var point = 0; point < points.Count; point++)
        {
            var values = measure.Kind switch
            {
                MeasureKind.Share => Shares(folded[point]),
                MeasureKind.CumulativeShare => CumulativeShares(folding, pointCounts[point]),
                _ => [.. folded[point].Select(value => (double)value)],
            };
            for (var group = 0; group < figures.Length; group++)
            {
                figures[group].Values[point] = points[point].IsUnknown ? double.NaN : values[group];
            }
        }

        return figures;
    }

    private static double[] Shares(long[] counts)
    {
        var total = counts.Sum();
        return [.. counts.Select(count => total == 0 ? double.NaN : (double)count / total)];
    }

    /// <summary>Of each group that is shown by itself: how many of those whose value is known have its value or one before it.</summary>
    private double[] CumulativeShares(Folding folding, long[] pointCounts)
    {
        var shares = Enumerable.Repeat(double.NaN, folding.Keys.Count).ToArray();
        var ordered = Enumerable.Range(0, grouping.Count).Select(group => (Group: group, Keys: grouping.KeysOf(group)))
            .Where(item => !IsSpecial(item.Keys)).OrderBy(item => item.Keys, Comparer<IReadOnlyList<GroupKey>>.Create(grouping.CompareKeys)).ToList();
        var (known, upTo) = (ordered.Sum(item => pointCounts[item.Group]), 0L);
        foreach (var (group, _) in ordered)
        {
            upTo += pointCounts[group];
            var shown = folding.GroupOf[group];
            if (known > 0 && shown >= 0 && folding.Alone[shown] == group)
            {
                shares[shown] = (double)upTo / known;
            }
        }

        return shares;
    }

    /// <summary>The groups that are shown.</summary>
    /// <param name="Keys">Their keys, in their order.</param>
    /// <param name="GroupOf">By group: into which of them it goes.</param>
    /// <param name="Alone">Of each: the group that it is; -1 where it is folded of several.</param>
    /// <param name="Count">How many there are without folding.</param>
    private sealed record Folding(List<IReadOnlyList<GroupKey>> Keys, int[] GroupOf, List<int> Alone, int Count);
}
