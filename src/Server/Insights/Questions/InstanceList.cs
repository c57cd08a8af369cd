using System.Buffers;
using System.Numerics;
using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Installations that a question selects, a page at a time.</summary>
internal sealed class InstanceList(FleetProjection projection)
{
    public InstancePage Page(InstanceQuestion question, InstancePlace after, int maxCount)
    {
        using var view = projection.Look(question.Apps, NeedsOf(question));
        var texts = TextOrder.Of(question, view);
        var start = after.Order == "" && after.Ordinal < 0 ? long.MinValue : texts?.RankOf(after.Order) ?? Rank(after.Order);
        var pages = view.Apps
            .SelectMany(app => app.Chunks.Select((chunk, index) => new ChunkScan(question, view, app, chunk, index, texts)))
            .AsParallel().AsOrdered()
            .Select(scan => scan.Run(new Place(start, after.App, after.Ordinal), maxCount + 1)).ToList();
        var places = pages.SelectMany(page => page.Places).Order().Take(maxCount + 1).ToList();
        var shown = places.Take(maxCount).ToList();
        var apps = view.Apps.ToDictionary(app => app.App, StringComparer.Ordinal);
        return new InstancePage(
            [.. shown.Select(place => (place.App, apps[place.App].Chunks[place.Ordinal / Chunk.Size].Ids[place.Ordinal % Chunk.Size]))],
            places.Count > maxCount ? new InstancePlace(texts?.TextOf(shown[^1].Rank) ?? RankText(shown[^1].Rank), shown[^1].App, shown[^1].Ordinal) : null,
            pages.Sum(page => page.Total), view.Position);
    }

    /// <summary>Any field may be a dimension of one app and a measure of another.</summary>
    private static ViewNeeds NeedsOf(InstanceQuestion question)
    {
        List<string> paths = [.. question.Filters.Select(filter => filter.Field).Append(question.OrderField ?? "").Where(path => path.Length > 0 && path != JudgedFields.App).Distinct(StringComparer.Ordinal)];
        return new ViewNeeds(
            paths, paths,
            Reports: question.Activity == Activity.OneShot || question.LastSeen is not null || question.Order is InstanceOrder.LastSeen or InstanceOrder.ReportCount);
    }

    private static string RankText(long rank) => rank.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static long Rank(string order) => long.Parse(order, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Where an installation stands in the order: its rank, then app by app in the order of first reports.</summary>
    private readonly record struct Place(long Rank, string App, int Ordinal) : IComparable<Place>
    {
        public int CompareTo(Place other) =>
            Rank != other.Rank ? Rank.CompareTo(other.Rank)
            : string.CompareOrdinal(App, other.App) is var app and not 0 ? app
            : Ordinal.CompareTo(other.Ordinal);
    }

    /// <summary>Ranks of texts, which differ from app to app in their codes.</summary>
    private sealed class TextOrder(List<string> texts, IComparer<string> comparer, bool descending)
    {
        public static TextOrder? Of(InstanceQuestion question, FleetView view)
        {
            if (question.OrderField is not { } path || !view.Apps.Any(app => app.ValuesOf(path) is not null))
            {
                return null;
            }

            IComparer<string> comparer = view.Apps.Any(app => app.Schema.Fields.Any(field => field.Path == path && field.IsVersion()))
                ? VersionOrder.Instance
                : StringComparer.Ordinal;
            var texts = view.Apps.SelectMany(app => (app.ValuesOf(path) ?? default).ToArray().Skip(1)).Distinct(StringComparer.Ordinal).Order(comparer).ToList();
            return new TextOrder(texts, comparer, question.Descending);
        }

        /// <summary>The rank of a text; what is not told comes last.</summary>
        public long RankOf(string text)
        {
            if (text.Length == 0)
            {
                return long.MaxValue;
            }

            var index = texts.BinarySearch(text, comparer);
            return descending ? -index : index;
        }

        public string TextOf(long rank) => rank == long.MaxValue ? "" : texts[(int)Math.Abs(rank)];
    }

    /// <summary>One chunk's part of a page.</summary>
    private sealed class ChunkScan(InstanceQuestion question, FleetView view, AppView app, ChunkView chunk, int index, TextOrder? texts)
    {
        public (List<Place> Places, int Total) Run(Place after, int maxCount)
        {
            var members = new ulong[chunk.Words];
            new Population(chunk, view.Today).Of(question.Activity ?? Activity.Known, question.Window, view.Today, members);
            foreach (var filter in question.Filters)
            {
                Keep(filter, members);
            }

            KeepWithin(question.FirstSeen, chunk.FirstSeenMs, members);
            KeepWithin(question.LastSeen, question.LastSeen is null ? [] : chunk.LastSeenMs, members);
            var total = Masks.Count(members);
            // Large ones of one's own would have the collector go through everything, and all wait for it.
            var ranks = ArrayPool<long>.Shared.Rent(total);
            SetRanks(members, ranks.AsSpan(0, total));
            var first = First(members, ranks, after, maxCount);
            ArrayPool<long>.Shared.Return(ranks);
            return (first, total);
        }

        /// <summary>The first ones behind a place, in no order.</summary>
        private List<Place> First(ulong[] members, long[] ranks, Place after, int maxCount)
        {
            var page = new PriorityQueue<Place, Place>(Comparer<Place>.Create((a, b) => b.CompareTo(a)));
            var (worst, next) = (long.MaxValue, 0);
            for (var word = 0; word < members.Length; word++)
            {
                for (var bits = members[word]; bits != 0; bits &= bits - 1)
                {
                    var rank = ranks[next++];
                    if (rank < after.Rank || rank > worst)
                    {
                        continue;
                    }

                    var place = new Place(rank, app.App, (index * Chunk.Size) + (word << 6) + BitOperations.TrailingZeroCount(bits));
                    if (place.CompareTo(after) <= 0)
                    {
                        continue;
                    }

                    if (page.Count < maxCount)
                    {
                        page.Enqueue(place, place);
                    }
                    else if (place.CompareTo(page.Peek()) < 0)
                    {
                        page.DequeueEnqueue(place, place);
                    }

                    worst = page.Count < maxCount ? long.MaxValue : page.Peek().Rank;
                }
            }

            return [.. page.UnorderedItems.Select(item => item.Element)];
        }

        private void Keep(FieldChoice filter, ulong[] members)
        {
            if (filter.Field == JudgedFields.App)
            {
                KeepAllIf(filter.Selects(app.App), members);
            }
            else if (app.MeasureOf(filter.Field) is { } measure)
            {
                KeepMeasures(filter, measure, members);
            }
            else if (app.ValuesOf(filter.Field) is { } values)
            {
                var allowed = new byte[values.Length];
                for (var code = 0; code < allowed.Length; code++)
                {
                    allowed[code] = (byte)(filter.Selects(values.Span[code]) ? 1 : 0);
                }

                Scan.Keep(members, chunk.CodesOf(app.DimensionOf(filter.Field)), allowed);
            }
            else
            {
                // An app without the field has none that match.
                KeepAllIf(false, members);
            }
        }

        private void KeepMeasures(FieldChoice filter, SchemaField measure, ulong[] members)
        {
            var cells = filter.Values.Select(value => FieldValue.TryRead(measure, value, out var cell) ? cell : (long?)null).OfType<long>()
                .Select(cell => Cell.IsValue(cell) ? cell : -1).ToHashSet();
            var numbers = new long[Masks.Count(members)];
            Scan.Read(members, chunk.Measures[app.MeasurePlaceOf(filter.Field)], 1, numbers);
            Keep(members, next => cells.Contains(numbers[next]) != filter.Exclude);
        }

        private static void KeepAllIf(bool isKept, ulong[] members)
        {
            if (!isKept)
            {
                Array.Clear(members);
            }
        }

        private static void KeepWithin(MomentRange? range, ReadOnlySpan<long> moments, ulong[] members)
        {
            if (range is not { } asked)
            {
                return;
            }

            for (var ordinal = 0; ordinal < moments.Length; ordinal++)
            {
                members[ordinal >> 6] &= asked.Contains(moments[ordinal]) ? ulong.MaxValue : ~(1UL << ordinal);
            }
        }

        private static void Keep(ulong[] members, Predicate<int> isKept)
        {
            var next = 0;
            for (var word = 0; word < members.Length; word++)
            {
                for (var bits = members[word]; bits != 0; bits &= bits - 1)
                {
                    members[word] &= isKept(next++) ? ulong.MaxValue : ~(bits & (~bits + 1));
                }
            }
        }

        /// <summary>What the order compares of each member, smaller ones first.</summary>
        private void SetRanks(ulong[] members, Span<long> ranks)
        {
            var sign = question.Descending ? -1L : 1L;
            switch (question.Order)
            {
                case InstanceOrder.FirstSeen:
                    Fill(members, ranks, chunk.FirstSeenMs, sign);
                    break;
                case InstanceOrder.LastSeen:
                    Fill(members, ranks, chunk.LastSeenMs, sign);
                    break;
                case InstanceOrder.ReportCount:
                    Fill(members, ranks, chunk.ReportCounts, sign);
                    break;
                case InstanceOrder.Field when texts is not null:
                    FillTexts(members, ranks, texts);
                    break;
                case InstanceOrder.Field:
                    var measure = chunk.Measures[app.MeasurePlaceOf(question.OrderField!)];
                    Scan.Read(members, measure, 1, ranks);
                    foreach (ref var rank in ranks)
                    {
                        rank = rank < 0 ? long.MaxValue : sign * rank;
                    }

                    break;
                default:
                    ranks.Clear();
                    break;
            }
        }

        private void FillTexts(ulong[] members, Span<long> ranks, TextOrder order)
        {
            if (app.ValuesOf(question.OrderField!) is not { } values)
            {
                ranks.Fill(long.MaxValue);
                return;
            }

            var byCode = values.ToArray().Select(order.RankOf).ToArray();
            var codes = chunk.CodesOf(app.DimensionOf(question.OrderField!));
            var next = 0;
            for (var word = 0; word < members.Length; word++)
            {
                for (var bits = members[word]; bits != 0; bits &= bits - 1)
                {
                    ranks[next++] = byCode[codes.IsEmpty ? 0 : codes[(word << 6) + BitOperations.TrailingZeroCount(bits)]];
                }
            }
        }

        private static void Fill<T>(ulong[] members, Span<long> ranks, ReadOnlySpan<T> cells, long sign)
            where T : unmanaged, IBinaryInteger<T>
        {
            var next = 0;
            for (var word = 0; word < members.Length; word++)
            {
                for (var bits = members[word]; bits != 0; bits &= bits - 1)
                {
                    ranks[next++] = sign * long.CreateTruncating(cells[(word << 6) + BitOperations.TrailingZeroCount(bits)]);
                }
            }
        }
    }
}

/// <summary>Which installations, and in which order. What is null restricts nothing.</summary>
internal sealed record InstanceQuestion
{
    public IReadOnlySet<string>? Apps { get; init; }

    public Activity? Activity { get; init; }

    public int Window { get; init; } = 7;

    public MomentRange? FirstSeen { get; init; }

    public MomentRange? LastSeen { get; init; }

    public IReadOnlyList<FieldChoice> Filters { get; init; } = [];

    public InstanceOrder Order { get; init; }

    /// <summary>The field to order by; null for the other orders.</summary>
    public string? OrderField { get; init; }

    /// <summary>Whether the largest come first; equal ones stay app by app, and what is not told last.</summary>
    public bool Descending { get; init; }
}

/// <summary>What a list of installations is ordered by.</summary>
internal enum InstanceOrder
{
    /// <summary>App by app, each app's in the order of first reports.</summary>
    Place,
    FirstSeen,
    LastSeen,
    ReportCount,
    Field,
}

/// <summary>Where a page of a list ended.</summary>
/// <param name="Order">What the order compared, as a text: numbers are the same for ever, and texts do not have one.</param>
/// <param name="App">The app's slug.</param>
/// <param name="Ordinal">The ordinal among the app's.</param>
internal readonly record struct InstancePlace(string Order, string App, int Ordinal)
{
    /// <summary>Before every installation.</summary>
    public static readonly InstancePlace Start = new("", "", -1);
}

/// <summary>A page of installations.</summary>
/// <param name="Instances">The installations.</param>
/// <param name="End">Where to go on; null when there are no more.</param>
/// <param name="Total">How many the question selects.</param>
/// <param name="Position">The position it is true for.</param>
internal sealed record InstancePage(IReadOnlyList<(string App, InstanceId Instance)> Instances, InstancePlace? End, int Total, FeedPosition Position);
