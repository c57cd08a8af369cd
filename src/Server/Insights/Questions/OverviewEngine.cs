using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;

namespace Telemetry.Server.Insights.Questions;

/// <summary>The state of the fleet on a day, app by app.</summary>
internal sealed class OverviewEngine(FleetProjection projection)
{
    private const string People = "users.total";

    private static readonly string Version = CoreFields.Schema.Texts[CoreFields.AppVersion].Path;

    /// <param name="slugs">The apps; null for all.</param>
    /// <param name="filters">The filters.</param>
    /// <param name="day">The day; null for the last one that is over.</param>
    /// <param name="compareDays">How many days earlier to compare with.</param>
    public (FleetView View, int Day, List<AppCounts> Apps) At(
        IReadOnlySet<string>? slugs, IReadOnlyList<FieldChoice> filters, int? day, int compareDays)
    {
        var question = new Question { Apps = slugs, Filters = filters };
        var dimensions = Grouping.DimensionsOf(question);
        if (!dimensions.Contains(Version))
        {
            dimensions.Add(Version);
        }

        using var view = projection.Look(slugs, new ViewNeeds(dimensions, [People], Reports: day is not null));
        var (on, plans) = (day ?? view.Today - 1, new Grouping(question, view).Plans);
        var first = view.Apps.SelectMany(app => app.Chunks).Select(chunk => chunk.FirstDay).DefaultIfEmpty(int.MaxValue).Min();
        var hasBefore = on - compareDays >= first && view.IsKept(on - compareDays - Population.Absence + 1);
        var empty = new AppCounts("", new FleetCounts(), hasBefore ? new FleetCounts() : null, 0, 0, 0);
        var parts = view.Apps.Zip(plans).Where(pair => !pair.Second.IsExcluded)
            .SelectMany(pair => pair.First.Chunks.Select(chunk => (pair.First.App, Plan: pair.Second, Chunk: chunk)))
            .AsParallel().AsOrdered()
            .Select(work => new ChunkOverview(view, work.Plan, work.Chunk, dimensions.IndexOf(Version)).Of(empty with { App = work.App }, on, compareDays))
            .ToList();
        return (view, on, [.. parts.GroupBy(part => part.App, StringComparer.Ordinal).Select(app => app.Aggregate(Sum))]);
    }

    public static AppCounts Sum(AppCounts left, AppCounts right) => new(
        left.App, left.Counts + right.Counts, left.Before is { } before ? before + right.Before! : null,
        left.People + right.People, left.PeopleUnknown + right.PeopleUnknown, left.NewInWeekBefore + right.NewInWeekBefore);

    /// <summary>One chunk's part, going back in time.</summary>
    private sealed class ChunkOverview(FleetView view, AppPlan plan, ChunkView chunk, int version)
    {
        private readonly ulong[] _passing = new ulong[chunk.Words];
        private readonly ulong[] _mask = new ulong[chunk.Words];
        private readonly ulong[] _gone = new ulong[chunk.Words];
        private readonly Population _population = new(chunk, view.Today);
        private readonly int[] _filters = [.. plan.Filters.Select(filter => filter.Dimension)];
        private int _at = chunk.RunningDay;

        public AppCounts Of(AppCounts empty, int day, int compareDays)
        {
            var (result, before) = (empty, day - compareDays);
            Begin(day);
            // Back in time, whichever of the days comes next.
            foreach (var next in Enumerable.Range(day - 7, 8).Append(before).Distinct().OrderDescending())
            {
                GoTo(next);
                if (next == day)
                {
                    var (people, unknown) = Told(day);
                    result = result with { Counts = Counts(day), People = people, PeopleUnknown = unknown };
                }

                if (next < day && next >= day - 7)
                {
                    result = result with { NewInWeekBefore = result.NewInWeekBefore + Count(Activity.New, 0, next) };
                }

                if (next == before && result.Before is not null)
                {
                    result = result with { Before = Counts(before) };
                }
            }

            return result;
        }

        private void Begin(int day)
        {
            foreach (var dimension in _filters.Append(version).Distinct())
            {
                chunk.GoTo(dimension, day);
            }

            _at = Math.Min(_at, day);
            Array.Fill(_passing, ulong.MaxValue);
            plan.Keep(chunk, _passing);
        }

        /// <summary>Takes versions and who passes the filters to the end of an earlier day.</summary>
        private void GoTo(int day)
        {
            for (var at = _at; at > day; at--)
            {
                foreach (var dimension in _filters.Append(version).Distinct())
                {
                    chunk.GoTo(dimension, at - 1);
                }

                foreach (var dimension in _filters)
                {
                    foreach (var change in chunk.ChangesOf(at, dimension))
                    {
                        Judge(ClosedDay.OrdinalOf(change));
                    }
                }
            }

            _at = Math.Min(_at, day);
        }

        private void Judge(int ordinal)
        {
            var bit = 1UL << ordinal;
            _passing[ordinal >> 6] = plan.GroupOf(chunk, ordinal) >= 0 ? _passing[ordinal >> 6] | bit : _passing[ordinal >> 6] & ~bit;
        }

        private FleetCounts Counts(int day) => new()
        {
            Active1 = Count(Activity.Active, 1, day),
            Active7 = Count(Activity.Active, 7, day),
            Active30 = Count(Activity.Active, 30, day),
            New = Count(Activity.New, 0, day),
            Returned = Count(Activity.Returned, 0, day),
            Silent = Count(Activity.Silent, 0, day),
            Gone = Count(Activity.Gone, 0, day),
            Lost = Lost(day),
            Known = Count(Activity.Known, 0, day),
            OneShots = Count(Activity.OneShot, 0, day),
            VersionChanges = VersionChanges(day),
        };

        private long Count(Activity activity, int window, int day)
        {
            _population.Of(activity, window, day, _mask);
            return Masks.CountOfBoth(_mask, _passing);
        }

        private long Lost(int day)
        {
            _population.Of(Activity.Gone, 0, day, _gone);
            _population.Of(Activity.Active, Population.Absence, day - Population.Absence, _mask);
            Masks.And(_mask, _gone);
            return Masks.CountOfBoth(_mask, _passing);
        }

        private long VersionChanges(int day)
        {
            var (changed, seen, before) = (0L, new HashSet<int>(), chunk.KnownAt(day - 1));
            foreach (var change in chunk.ChangesOf(day, version))
            {
                // The first change of the day tells the version at the end of the day before.
                var ordinal = ClosedDay.OrdinalOf(change);
                var now = chunk.CodesOf(version) is { IsEmpty: false } codes ? codes[ordinal] : 0;
                changed += seen.Add(ordinal) && ordinal < before && ClosedDay.BeforeOf(change) is not 0 and var old
                    && now != 0 && now != old && (_passing[ordinal >> 6] >> ordinal & 1) != 0 ? 1 : 0;
            }

            return changed;
        }

        private (UInt128 People, long Unknown) Told(int day)
        {
            _population.Of(Activity.Active, Population.Absence, day, _mask);
            Masks.And(_mask, _passing);
            var (people, known) = Scan.Sum(_mask, chunk.Measures[0]);
            return (people, Masks.Count(_mask) - known);
        }
    }
}
