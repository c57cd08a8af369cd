using System.IO.Hashing;
using System.Runtime.InteropServices;
using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;

namespace Telemetry.Server.Insights.Questions;

/// <summary>The groups that a question can have over a view, numbered, and how to come from an installation to its group.</summary>
internal sealed class Grouping
{
    /// <summary>
    /// So many values of a dimension are told apart, those that most installations have now: whoever reports invented ones makes
    /// the rest larger, and no answer slower.
    /// </summary>
    public const int MaxValues = 2_000;

    private readonly List<Axis> _axes = [];

    public Grouping(Question question, FleetView view)
    {
        Dimensions = DimensionsOf(question);
        Plans = [.. view.Apps.Select(_ => new AppPlan())];
        foreach (var grouping in question.GroupBy)
        {
            _axes.Add(new Axis(grouping));
        }

        for (var app = 0; app < Plans.Count; app++)
        {
            AddFilters(question, view.Apps[app], Plans[app]);
            foreach (var axis in _axes)
            {
                axis.Add(view.Apps[app], DimensionOf(axis.Grouping.Field), Plans[app]);
            }
        }

        Count = 1;
        for (var i = 0; i < _axes.Count; i++)
        {
            var axis = _axes[i];
            axis.FoldRareValues(view, Plans, i);
            axis.Stride = Count;
            Count = checked(Count * Math.Max(1, axis.Keys.Count));
        }

        foreach (var plan in Plans)
        {
            plan.Multiply([.. _axes.Select(axis => axis.Stride)]);
        }

        Signature = string.Join(',', view.Apps.Select(app => app.App + ":" + string.Join('.', app.Values.Select(values => values?.Length ?? 0))))
            + string.Concat(_axes.Select(axis => axis.Folding));
    }

    /// <summary>Paths of the fields that a view must have for a question.</summary>
    public static List<string> DimensionsOf(Question question) =>
    [
        .. question.Filters.Select(filter => filter.Field).Concat(question.GroupBy.Select(grouping => grouping.Field))
            .Where(path => path != JudgedFields.App).Distinct(StringComparer.Ordinal),
    ];

    public IReadOnlyList<string> Dimensions { get; }

    /// <summary>One for each app of the view.</summary>
    public IReadOnlyList<AppPlan> Plans { get; }

    /// <summary>How many groups there can be.</summary>
    public int Count { get; }

    /// <summary>Differs when values came that were not there before, or others are told apart: then groups have other numbers.</summary>
    public string Signature { get; }

    public IReadOnlyList<GroupKey> KeysOf(int group)
    {
        var keys = new GroupKey[_axes.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = _axes[i].Keys[group / _axes[i].Stride % _axes[i].Keys.Count];
        }

        return keys;
    }

    /// <summary>Compares groups by their dimensions' own orders; what was folded, not asked or not told comes last.</summary>
    public int CompareKeys(IReadOnlyList<GroupKey> left, IReadOnlyList<GroupKey> right)
    {
        for (var i = 0; i < left.Count; i++)
        {
            var order = left[i].Kind != right[i].Kind
                ? left[i].Kind.CompareTo(right[i].Kind)
                : _axes[i].Grouping.Order.Compare(left[i].Value, right[i].Value);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private int DimensionOf(string path) => ((List<string>)Dimensions).IndexOf(path);

    private void AddFilters(Question question, AppView app, AppPlan plan)
    {
        foreach (var filter in question.Filters)
        {
            var dimension = DimensionOf(filter.Field);
            if (filter.Field == JudgedFields.App)
            {
                plan.IsExcluded |= !filter.Selects(app.App);
            }
            else if (app.Values[dimension] is not { } values)
            {
                // An app without the field has none that match.
                plan.IsExcluded = true;
            }
            else
            {
                var allowed = new byte[values.Length];
                for (var code = 0; code < allowed.Length; code++)
                {
                    allowed[code] = (byte)(filter.Selects(values.Span[code]) ? 1 : 0);
                }

                plan.Filters.Add((dimension, allowed));
            }
        }
    }

    /// <summary>One dimension that is grouped by.</summary>
    private sealed class Axis(FieldGrouping grouping)
    {
        private readonly Dictionary<GroupKey, int> _indexes = [];

        public FieldGrouping Grouping => grouping;

        public List<GroupKey> Keys { get; } = [];

        public int Stride { get; set; }

        public void Add(AppView app, int dimension, AppPlan plan)
        {
            if (plan.IsExcluded)
            {
                plan.Groups.Add((-1, [0]));
            }
            else if (grouping.Field == JudgedFields.App)
            {
                plan.Groups.Add((-1, [IndexOf(new GroupKey(GroupKeyKind.Value, app.App))]));
            }
            else if (app.Values[dimension] is not { } values)
            {
                plan.Groups.Add((-1, [IndexOf(GroupKey.NotAsked)]));
            }
            else
            {
                var indexes = new int[values.Length];
                for (var code = 0; code < indexes.Length; code++)
                {
                    indexes[code] = IndexOf(code == 0
                        ? GroupKey.Unknown
                        : new GroupKey(GroupKeyKind.Value, VersionOrder.Cut(values.Span[code], grouping.VersionParts)));
                }

                plan.Groups.Add((dimension, indexes));
            }
        }

        /// <summary>Tells which values are told apart, when not all are.</summary>
        public string Folding { get; private set; } = "";

        /// <summary>Folds values beyond the most that are told apart into one.</summary>
        public void FoldRareValues(FleetView view, IReadOnlyList<AppPlan> plans, int place)
        {
            if (Keys.Count(key => key.Kind == GroupKeyKind.Value) <= MaxValues)
            {
                return;
            }

            var uses = UsesOf(view, plans, place);
            var told = Enumerable.Range(0, Keys.Count).OrderByDescending(index => Keys[index].Kind != GroupKeyKind.Value ? int.MaxValue : uses[index])
                .Take(MaxValues).Order().ToList();
            var (moved, rest) = (Enumerable.Repeat(told.Count, Keys.Count).ToArray(), Keys.Count - told.Count);
            for (var i = 0; i < told.Count; i++)
            {
                moved[told[i]] = i;
            }

            foreach (var plan in plans)
            {
                foreach (ref var part in plan.Groups[place].Part.AsSpan())
                {
                    part = moved[part];
                }
            }

            List<GroupKey> keys = [.. told.Select(index => Keys[index]), new GroupKey(GroupKeyKind.Rest, Folded: rest)];
            Keys.Clear();
            Keys.AddRange(keys);
            Folding = " " + Convert.ToHexString(XxHash3.Hash(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(told))));
        }

        /// <summary>By key: how many installations have it now.</summary>
        private int[] UsesOf(FleetView view, IReadOnlyList<AppPlan> plans, int place)
        {
            var uses = new int[Keys.Count];
            foreach (var (app, plan) in view.Apps.Zip(plans))
            {
                var (dimension, part) = plan.Groups[place];
                foreach (var chunk in dimension < 0 ? [] : app.Chunks)
                {
                    foreach (var code in chunk.CodesOf(dimension))
                    {
                        uses[part[code]]++;
                    }
                }
            }

            return uses;
        }

        private int IndexOf(GroupKey key)
        {
            if (!_indexes.TryGetValue(key, out var index))
            {
                _indexes.Add(key, index = Keys.Count);
                Keys.Add(key);
            }

            return index;
        }
    }
}

/// <summary>How a question reads one app's installations.</summary>
internal sealed class AppPlan
{
    /// <summary>Whether none of the app's installations can be meant.</summary>
    public bool IsExcluded { get; set; }

    /// <summary>By dimension: which codes pass, 1 for those that do.</summary>
    public List<(int Dimension, byte[] Allowed)> Filters { get; } = [];

    /// <summary>By dimension: what a code adds to the group's number; one value for all where the dimension is -1.</summary>
    public List<(int Dimension, int[] Part)> Groups { get; } = [];

    public void Multiply(IReadOnlyList<int> strides)
    {
        for (var i = 0; i < Groups.Count; i++)
        {
            foreach (ref var part in Groups[i].Part.AsSpan())
            {
                part *= strides[i];
            }
        }
    }

    /// <returns>The installation's group; -1 when a filter leaves it out.</returns>
    public int GroupOf(ChunkView chunk, int ordinal)
    {
        foreach (var (dimension, allowed) in Filters)
        {
            if (allowed[CodeOf(chunk, dimension, ordinal)] == 0)
            {
                return -1;
            }
        }

        var group = 0;
        foreach (var (dimension, part) in Groups)
        {
            group += part[dimension < 0 ? 0 : CodeOf(chunk, dimension, ordinal)];
        }

        return group;
    }

    /// <summary>Keeps those that pass all filters.</summary>
    public void Keep(ChunkView chunk, Span<ulong> mask)
    {
        foreach (var (dimension, allowed) in Filters)
        {
            Scan.Keep(mask, chunk.CodesOf(dimension), allowed);
        }
    }

    /// <summary>Adds those of a mask, all of whom pass, to the counts of their groups.</summary>
    public void Count(ChunkView chunk, ReadOnlySpan<ulong> mask, Span<long> counts)
    {
        var dimensions = Groups.FindAll(group => group.Dimension >= 0);
        var of = Groups.Where(group => group.Dimension < 0).Sum(group => group.Part[0]);
        switch (dimensions.Count)
        {
            case 0:
                counts[of] += Masks.Count(mask);
                break;
            case 1:
                var part = dimensions[0].Part;
                var byCode = new int[part.Length];
                Scan.Count(mask, chunk.CodesOf(dimensions[0].Dimension), byCode);
                for (var code = 0; code < part.Length; code++)
                {
                    counts[of + part[code]] += byCode[code];
                }

                break;
            default:
                CountByBoth(chunk, mask, counts, dimensions[0], dimensions[1]);
                break;
        }
    }

    /// <summary>Sets each one's group; -1 for those that a filter leaves out.</summary>
    public void GroupsOf(ChunkView chunk, Span<int> groups)
    {
        groups.Clear();
        foreach (var (dimension, part) in Groups)
        {
            if (dimension < 0 || chunk.CodesOf(dimension) is not { IsEmpty: false } codes)
            {
                foreach (ref var group in groups)
                {
                    group += part[0];
                }
            }
            else
            {
                for (var ordinal = 0; ordinal < groups.Length; ordinal++)
                {
                    groups[ordinal] += part[codes[ordinal]];
                }
            }
        }

        foreach (var (dimension, allowed) in Filters)
        {
            var codes = chunk.CodesOf(dimension);
            for (var ordinal = 0; ordinal < groups.Length; ordinal++)
            {
                groups[ordinal] = allowed[codes.IsEmpty ? 0 : codes[ordinal]] == 0 ? -1 : groups[ordinal];
            }
        }
    }

    private static void CountByBoth(
        ChunkView chunk, ReadOnlySpan<ulong> mask, Span<long> counts, (int Dimension, int[] Part) first, (int Dimension, int[] Part) second)
    {
        var left = chunk.CodesOf(first.Dimension);
        var right = chunk.CodesOf(second.Dimension);
        for (var word = 0; word < mask.Length; word++)
        {
            for (var bits = mask[word]; bits != 0; bits &= bits - 1)
            {
                var ordinal = (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits);
                counts[first.Part[left.IsEmpty ? 0 : left[ordinal]] + second.Part[right.IsEmpty ? 0 : right[ordinal]]]++;
            }
        }
    }

    private static int CodeOf(ChunkView chunk, int dimension, int ordinal) =>
        chunk.CodesOf(dimension) is { IsEmpty: false } codes ? codes[ordinal] : 0;
}
