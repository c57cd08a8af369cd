using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Installations that a question selects, a page at a time.</summary>
/// <remarks>The projection waits for one page; pages of a million installations take some milliseconds.</remarks>
internal sealed class InstanceList(FleetProjection projection)
{
    public InstancePage Page(InstanceQuestion question, InstancePlace after, int maxCount)
    {
        var now = projection.Now;
        return projection.Read((apps, position) =>
        {
            var today = Math.Max(UtcDay.Of(now), projection.RunningDay);
            var asked = apps.Where(app => question.Apps?.Contains(app.App) != false).ToList();
            var texts = TextOrder.Of(question, asked);
            var start = after.Order == "" && after.Ordinal < 0 ? long.MinValue : texts?.RankOf(after.Order) ?? Rank(after.Order);
            var scans = asked.SelectMany(app => app.Chunks.Select((chunk, index) => new ChunkScan(question, app, chunk, index, texts))).ToList();
            var pages = scans.AsParallel().AsOrdered()
                .Select(scan => scan.Run(new Place(start, after.App, after.Ordinal), maxCount + 1, today, now, projection)).ToList();
            var places = pages.SelectMany(page => page.Places).Order().Take(maxCount + 1).ToList();
            var shown = places.Take(maxCount).ToList();
            return new InstancePage(
                [.. shown.Select(place => (place.App, asked.First(app => app.App == place.App).Chunks[place.Ordinal / Chunk.Size].IdOf(place.Ordinal % Chunk.Size)))],
                places.Count > maxCount ? new InstancePlace(texts?.TextOf(shown[^1].Rank) ?? RankText(shown[^1].Rank), shown[^1].App, shown[^1].Ordinal) : null,
                pages.Sum(page => page.Total), position);
        });
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
        public static TextOrder? Of(InstanceQuestion question, List<AppProjection> apps)
        {
            if (question.OrderField is not { } path || !apps.Exists(app => app.Dimensions.ContainsKey(path)))
            {
                return null;
            }

            IComparer<string> comparer = apps.Exists(app => app.Schema.Fields.Any(field => field.Path == path && field.IsVersion()))
                ? VersionOrder.Instance
                : StringComparer.Ordinal;
            var texts = apps.Where(app => app.Dimensions.ContainsKey(path))
                .SelectMany(app => app.Codes[app.Dimensions[path]].Snapshot().ToArray().Skip(1)).Distinct(StringComparer.Ordinal).Order(comparer).ToList();
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
    private sealed class ChunkScan(InstanceQuestion question, AppProjection app, Chunk chunk, int index, TextOrder? texts)
    {
        public (List<Place> Places, int Total) Run(Place after, int maxCount, int today, DateTimeOffset now, FleetProjection projection)
        {
            var conditions = question.Filters.Select(Condition).ToList();
            if (conditions.Contains(null))
            {
                return ([], 0);
            }

            var ranks = RankOf();
            var members = Members(today, now, projection);
            var page = new PriorityQueue<Place, Place>(Comparer<Place>.Create((a, b) => b.CompareTo(a)));
            var total = 0;
            for (var ordinal = 0; ordinal < chunk.Count; ordinal++)
            {
                if (chunk.IsErased(ordinal) || (members is not null && (members[ordinal >> 6] >> ordinal & 1) == 0)
                    || question.FirstSeen?.Contains(chunk.FirstSeenMsOf(ordinal)) == false
                    || question.LastSeen?.Contains(chunk.LastSeenMsOf(ordinal)) == false
                    || !conditions.TrueForAll(condition => condition!(ordinal)))
                {
                    continue;
                }

                total++;
                var place = new Place(ranks(ordinal), app.App, (index * Chunk.Size) + ordinal);
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
            }

            return ([.. page.UnorderedItems.Select(item => item.Element)], total);
        }

        private ulong[]? Members(int today, DateTimeOffset now, FleetProjection projection)
        {
            if (question.Activity is null or Activity.Known)
            {
                return null;
            }

            using var view = new ChunkView(chunk, projection.RunningDay, projection.OldestDay, [], [], question.Activity == Activity.OneShot ? now : null);
            var mask = new ulong[view.Words];
            Population.Of(view, question.Activity.Value, question.Window, today, today, mask);
            return mask;
        }

        /// <summary>Null when the app has no such field, so that none of its installations can match.</summary>
        private Predicate<int>? Condition(FieldChoice filter)
        {
            if (filter.Field == JudgedFields.App)
            {
                var selects = filter.Selects(app.App);
                return _ => selects;
            }

            if (JudgedFields.ValuesOf(filter.Field) is null && app.Schema.Fields.FirstOrDefault(field => field.Path == filter.Field) is { } measure && measure.IsMeasure())
            {
                var cells = filter.Values.Select(value => FieldValue.TryRead(measure, value, out var cell) ? cell : (long?)null).OfType<long>()
                    .Select(cell => Cell.IsValue(cell) ? (ulong)cell + 1 : 0).ToHashSet();
                var column = app.Measures.TryGetValue(filter.Field, out var place) ? chunk.MeasureOf(place) : null;
                return ordinal => cells.Contains(column?[ordinal] ?? 0) != filter.Exclude;
            }

            if (!app.Dimensions.TryGetValue(filter.Field, out var slot))
            {
                return null;
            }

            var values = app.Codes[slot].Snapshot().Span;
            var allowed = new bool[values.Length];
            for (var code = 0; code < allowed.Length; code++)
            {
                allowed[code] = filter.Selects(values[code]);
            }

            return ordinal => allowed[chunk.CodeOf(slot, ordinal)];
        }

        /// <summary>What the order compares, smaller ones first.</summary>
        private Func<int, long> RankOf()
        {
            var sign = question.Descending ? -1 : 1;
            switch (question.Order)
            {
                case InstanceOrder.FirstSeen:
                    return ordinal => sign * chunk.FirstSeenMsOf(ordinal);
                case InstanceOrder.LastSeen:
                    return ordinal => sign * chunk.LastSeenMsOf(ordinal);
                case InstanceOrder.ReportCount:
                    return ordinal => sign * (long)chunk.ReportCountOf(ordinal);
                case InstanceOrder.Field when texts is not null:
                    if (!app.Dimensions.TryGetValue(question.OrderField!, out var slot))
                    {
                        return _ => long.MaxValue;
                    }

                    var ranks = app.Codes[slot].Snapshot().ToArray().Select(texts.RankOf).ToArray();
                    return ordinal => ranks[chunk.CodeOf(slot, ordinal)];
                case InstanceOrder.Field:
                    var column = app.Measures.TryGetValue(question.OrderField!, out var place) ? chunk.MeasureOf(place) : null;
                    return ordinal => column?[ordinal] is { } cell and > 0 ? sign * ((long)cell - 1) : long.MaxValue;
                default:
                    return _ => 0;
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
