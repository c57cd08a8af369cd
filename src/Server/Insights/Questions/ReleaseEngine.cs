using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;

namespace Telemetry.Server.Insights.Questions;

/// <summary>How an app's releases spread among its installations active in 7 days, who stays behind, and who went back.</summary>
internal sealed class ReleaseEngine(FleetProjection projection, QuestionEngine engine)
{
    /// <summary>Fewer on the newest release tell nothing about what it needs.</summary>
    private const int Evidence = 10;

    /// <summary>So many releases are told of, those that most installations had at a time: a list of invented ones has no end.</summary>
    public const int MaxReleases = 200;

    private const int Window = 7;

    private static readonly string Version = CoreFields.Schema.Texts[CoreFields.AppVersion].Path;

    public Releases Of(ReportSchema schema, IReadOnlyList<FieldChoice> filters, int? day, int days)
    {
        var question = new Question
        {
            Apps = new HashSet<string>(StringComparer.Ordinal) { schema.App },
            Filters = filters,
            Window = Window,
            Day = day,
            Closed = day is null,
            GroupBy = [new FieldGrouping(Version, 0, VersionOrder.Instance)],
            Days = QuestionQueryReader.MaxDays,
        };
        string[] platforms = [.. schema.Fields.Where(field => field.IsDimension() && field.IsVersion() && field.Path != Version).Select(field => field.Path)];
        var dimensions = Grouping.DimensionsOf(question);
        dimensions.AddRange(platforms.Except(dimensions, StringComparer.Ordinal));
        using var view = projection.Look(question.Apps, new ViewNeeds(dimensions, []));
        var last = Points.LastDay(question, view);
        var first = Math.Max(view.Apps.SelectMany(app => app.Chunks).Select(chunk => chunk.FirstDay).DefaultIfEmpty(last).Min(), view.OldestDay);
        question = question with { Day = last, Closed = false, Days = Math.Clamp(last - first + 1, 1, QuestionQueryReader.MaxDays) };
        var (grouping, points, counts) = engine.Count(question);
        var spread = new Spread(grouping, counts);
        var releases = spread.MostUsed().Select(index => spread.ReleaseOf(index, points[0].Start, days)).ToList();
        var newest = spread.Newest();
        var back = new List<(string From, string To)>();
        var behind = new Dictionary<BehindReason, long>();
        foreach (var (app, plan) in view.Apps.Zip(new Grouping(question with { GroupBy = [] }, view).Plans))
        {
            var walk = new AppWalk(app, plan, dimensions, view.Today);
            walk.GoTo(last);
            if (newest is not null)
            {
                walk.AddBehind(newest, platforms, last, behind);
            }

            walk.AddStepsBack(last, days, back);
        }

        var steps = back.GroupBy(step => step).Select(group => new Downgrade(group.Key.From, group.Key.To, group.Count()))
            .OrderByDescending(step => step.Count).ThenBy(step => step.From, VersionOrder.Instance).ToList();
        return new Releases(
            view, last, spread.Total, spread.Unknown,
            [.. releases.Select(release => release with { WentBack = steps.Where(step => step.From == release.Version).Sum(step => step.Count) }).Reverse()],
            [.. behind.OrderBy(pair => pair.Key.Field.Length == 0).ThenByDescending(pair => pair.Value).Select(pair => pair.Key with { Installations = pair.Value })],
            steps);
    }

    /// <summary>Counts by day and version, made ready.</summary>
    private sealed class Spread
    {
        private readonly long[][] _counts;
        private readonly long[] _totals;
        private readonly List<int> _groups;

        /// <summary>By day and version: how many have it or a newer one.</summary>
        private readonly long[][] _orNewer;

        public Spread(Grouping grouping, long[][] counts)
        {
            _counts = counts;
            _totals = [.. counts.Select(day => day.Sum())];
            var present = Enumerable.Range(0, grouping.Count).Where(group => counts.Any(day => day[group] > 0))
                .Select(group => (Group: group, Key: grouping.KeysOf(group)[0])).ToList();
            var known = present.Where(item => item.Key.Kind == GroupKeyKind.Value).OrderBy(item => item.Key.Value, VersionOrder.Instance).ToList();
            Versions = [.. known.Select(item => item.Key.Value)];
            _groups = [.. known.Select(item => item.Group)];
            _orNewer = [.. counts.Select(OrNewer)];
            Unknown = present.Where(item => item.Key.Kind != GroupKeyKind.Value).Sum(item => counts[^1][item.Group]);
        }

        /// <summary>The oldest first.</summary>
        public List<string> Versions { get; }

        public long Total => _totals[^1];

        public long Unknown { get; }

        /// <summary>The places of releases to tell of, the oldest first.</summary>
        public IEnumerable<int> MostUsed() => Enumerable.Range(0, Versions.Count)
            .OrderByDescending(index => _counts.Max(day => day[_groups[index]])).Take(MaxReleases).Order();

        /// <summary>The newest release that more than a few stray installations have; null when nobody tells a version.</summary>
        public string? Newest()
        {
            var enough = Math.Max(1, Total / 1_000);
            var used = Enumerable.Range(0, Versions.Count).Where(index => _counts[^1][_groups[index]] >= enough).ToList();
            return used.Count == 0 ? null
                : Versions[used.Where(index => !Versions[index].Any(char.IsAsciiLetter)).DefaultIfEmpty(used[^1]).Max()];
        }

        public Release ReleaseOf(int index, int firstDay, int days)
        {
            var seen = Array.FindIndex(_counts, day => day[_groups[index]] > 0);
            var shares = Enumerable.Range(seen, _counts.Length - seen)
                .Select(day => (OrNewer: Share(day, _orNewer[day][index]), Own: Share(day, _counts[day][_groups[index]]))).ToList();
            return new Release(
                Versions[index], firstDay + seen, _counts[^1][_groups[index]],
                [.. shares.Take(days).Select(share => share.OrNewer)], [.. shares.Take(days).Select(share => share.Own)],
                DaysTo(shares.FindIndex(share => share.OrNewer >= 0.5)), DaysTo(shares.FindIndex(share => share.OrNewer >= 0.9)), 0, seen == 0);

            double Share(int day, long count) => _totals[day] == 0 ? double.NaN : (double)count / _totals[day];
            static int? DaysTo(int found) => found < 0 ? null : found;
        }

        private long[] OrNewer(long[] counts)
        {
            var sums = new long[_groups.Count];
            var sum = 0L;
            for (var index = sums.Length - 1; index >= 0; index--)
            {
                sums[index] = sum += counts[_groups[index]];
            }

            return sums;
        }
    }

    /// <summary>One app's installations, going back in time.</summary>
    private sealed class AppWalk(AppView app, AppPlan plan, List<string> dimensions, int today)
    {
        private readonly int _version = dimensions.IndexOf(Version);

        public void GoTo(int day)
        {
            foreach (var chunk in app.Chunks)
            {
                for (var dimension = 0; dimension < dimensions.Count; dimension++)
                {
                    chunk.Undo(dimension, chunk.RunningDay, day);
                }
            }
        }

        public void AddBehind(string newest, string[] platforms, int day, Dictionary<BehindReason, long> reasons)
        {
            var versions = app.Values[_version]!.Value.ToArray();
            var isBehind = versions.Select((version, code) => code > 0 && VersionOrder.Instance.Compare(version, newest) < 0).ToArray();
            var isOn = versions.Select((version, code) => code > 0 && !isBehind[code]).ToArray();
            var needed = platforms.Select(platform => NeededOf(platform, isOn, day)).ToArray();
            foreach (var (chunk, ordinal) in Members(day))
            {
                if (isBehind[Code(chunk, _version, ordinal)])
                {
                    var reason = ReasonOf(chunk, ordinal, platforms, needed);
                    reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
                }
            }

            // Of those that are too old, the newest version that they have says the most.
            foreach (var group in reasons.Where(pair => pair.Key.Has.Length > 0).GroupBy(pair => pair.Key.Field, StringComparer.Ordinal).ToList())
            {
                var (sum, has) = (group.Sum(pair => pair.Value), group.Select(pair => pair.Key.Has).Max(VersionOrder.Instance)!);
                var key = group.First().Key with { Has = has };
                group.ToList().ForEach(pair => reasons.Remove(pair.Key));
                reasons.Add(key, sum);
            }
        }

        public void AddStepsBack(int day, int days, List<(string From, string To)> steps)
        {
            var versions = app.Values[_version]!.Value.Span;
            foreach (var chunk in app.Chunks)
            {
                for (var at = Math.Min(day, chunk.RunningDay); at > day - days; at--)
                {
                    var seen = new HashSet<int>();
                    foreach (var change in chunk.ChangesOf(at, _version))
                    {
                        var (ordinal, before) = (ClosedDay.OrdinalOf(change), ClosedDay.BeforeOf(change));
                        var after = Code(chunk, _version, ordinal);
                        if (seen.Add(ordinal) && before != 0 && after != 0 && plan.GroupOf(chunk, ordinal) >= 0
                            && VersionOrder.Instance.Compare(versions[after], versions[before]) < 0)
                        {
                            steps.Add((versions[before], versions[after]));
                        }
                    }

                    for (var dimension = 0; dimension < dimensions.Count; dimension++)
                    {
                        chunk.Undo(dimension, at, at - 1);
                    }
                }
            }
        }

        private static ushort Code(ChunkView chunk, int dimension, int ordinal) => chunk.CodesOf(dimension) is { } codes ? codes[ordinal] : (ushort)0;

        private BehindReason ReasonOf(ChunkView chunk, int ordinal, string[] platforms, string?[] needed)
        {
            var unknown = new BehindReason("", "", "", 0);
            for (var i = 0; i < platforms.Length; i++)
            {
                if (needed[i] is not { } oldest)
                {
                    continue;
                }

                var dimension = dimensions.IndexOf(platforms[i]);
                var code = Code(chunk, dimension, ordinal);
                var has = VersionOrder.Cut(app.Values[dimension]!.Value.Span[code], 2);
                if (code != 0 && VersionOrder.Instance.Compare(has, oldest) < 0)
                {
                    return new BehindReason(platforms[i], oldest, has, 0);
                }

                unknown = code == 0 && unknown.Field.Length == 0 ? new BehindReason(platforms[i], oldest, "", 0) : unknown;
            }

            return unknown;
        }

        /// <summary>The oldest version of a platform on which the newest release is seen; null when too few have it.</summary>
        private string? NeededOf(string platform, bool[] isOn, int day)
        {
            var dimension = dimensions.IndexOf(platform);
            if (app.Values[dimension] is not { } values)
            {
                return null;
            }

            var counts = new int[values.Length];
            foreach (var (chunk, ordinal) in Members(day))
            {
                counts[isOn[Code(chunk, _version, ordinal)] ? Code(chunk, dimension, ordinal) : 0]++;
            }

            var seen = Enumerable.Range(1, counts.Length - 1).Where(code => counts[code] > 0).ToList();
            return seen.Sum(code => counts[code]) < Evidence ? null : seen.Select(code => VersionOrder.Cut(values.Span[code], 2)).Min(VersionOrder.Instance);
        }

        private IEnumerable<(ChunkView Chunk, int Ordinal)> Members(int day)
        {
            foreach (var chunk in app.Chunks)
            {
                var mask = new ulong[chunk.Words];
                Population.Of(chunk, Activity.Active, Window, day, today, mask);
                for (var ordinal = 0; ordinal < chunk.Count; ordinal++)
                {
                    if ((mask[ordinal >> 6] >> ordinal & 1) != 0 && plan.GroupOf(chunk, ordinal) >= 0)
                    {
                        yield return (chunk, ordinal);
                    }
                }
            }
        }
    }
}

/// <summary>An app's releases on a day.</summary>
/// <param name="View">What was looked at.</param>
/// <param name="Day">The day.</param>
/// <param name="Installations">How many are active.</param>
/// <param name="Unknown">How many of them do not tell their version.</param>
/// <param name="All">The releases, the newest first.</param>
/// <param name="Behind">Who is behind the newest one; those that could update last.</param>
/// <param name="Downgrades">Who went back.</param>
internal sealed record Releases(
    FleetView View, int Day, long Installations, long Unknown, IReadOnlyList<Release> All, IReadOnlyList<BehindReason> Behind,
    IReadOnlyList<Downgrade> Downgrades);

/// <summary>One release; see the contract.</summary>
internal sealed record Release(
    string Version, int FirstSeen, long Installations, double[] Adoption, double[] Share, int? DaysToHalf, int? DaysToNinetyPercent,
    long WentBack, bool IsOlderThanKept);

/// <summary>Why installations are behind; see the contract.</summary>
internal sealed record BehindReason(string Field, string Needed, string Has, long Installations);

/// <summary>A step back.</summary>
internal sealed record Downgrade(string From, string To, long Count);
