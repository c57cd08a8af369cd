using System.Numerics;
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
        var back = new List<Downgrade>();
        var behind = new Dictionary<BehindReason, long>();
        foreach (var (app, plan) in view.Apps.Zip(new Grouping(question with { GroupBy = [] }, view).Plans).Where(pair => !pair.Second.IsExcluded))
        {
            var walk = new AppWalk(app, plan, dimensions, last, view.Today);
            if (newest is not null)
            {
                walk.AddBehind(newest, platforms, behind);
            }

            back.AddRange(walk.StepsBack(days));
        }

        var steps = back.OrderByDescending(step => step.Count).ThenBy(step => step.From, VersionOrder.Instance).ToList();
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
    private sealed class AppWalk(AppView app, AppPlan plan, List<string> dimensions, int day, int today)
    {
        private readonly int _version = dimensions.IndexOf(Version);

        /// <summary>Each chunk on the day, with who is active and passes the filters.</summary>
        private readonly List<(ChunkView Chunk, ulong[] Members)> _chunks =
            app.Chunks.AsParallel().AsOrdered().Select(chunk => (chunk, MembersOf(plan, dimensions, chunk, day, today))).ToList();

        /// <summary>Of each that is older than the newest release: the first platform that is too old for it, else the first that is not told.</summary>
        public void AddBehind(string newest, string[] platforms, Dictionary<BehindReason, long> reasons)
        {
            var versions = app.Values[_version]!.Value.ToArray();
            byte[] isBehind = [.. versions.Select((version, code) => (byte)(code > 0 && VersionOrder.Instance.Compare(version, newest) < 0 ? 1 : 0))];
            byte[] isOn = [.. versions.Select((_, code) => (byte)(code > 0 && isBehind[code] == 0 ? 1 : 0))];
            var needs = platforms.Select(platform => NeedOf(platform, isOn)).OfType<PlatformNeed>().ToList();
            // By platform, how many have which code; what is not told has 0. Last, those for whom nothing speaks against it.
            var counts = needs.Select(need => new long[need.IsTooOld.Length]).Append([0]).ToArray();
            foreach (var (chunk, members) in _chunks)
            {
                Scan.Keep(members, chunk.CodesOf(_version), isBehind);
                for (var word = 0; word < members.Length; word++)
                {
                    for (var bits = members[word]; bits != 0; bits &= bits - 1)
                    {
                        var (place, code) = ReasonOf(needs, chunk, (word << 6) + BitOperations.TrailingZeroCount(bits));
                        counts[place][code]++;
                    }
                }
            }

            for (var i = 0; i < needs.Count; i++)
            {
                var tooOld = counts[i].Skip(1).Sum();
                // Of those that are too old, the newest version that they have says the most.
                Add(new BehindReason(needs[i].Platform, needs[i].Oldest, tooOld == 0 ? "" : needs[i].NewestOf(counts[i]), 0), tooOld);
                Add(new BehindReason(needs[i].Platform, needs[i].Oldest, "", 0), counts[i][0]);
            }

            Add(new BehindReason("", "", "", 0), counts[^1][0]);

            void Add(BehindReason reason, long count)
            {
                if (count > 0)
                {
                    reasons[reason] = reasons.GetValueOrDefault(reason) + count;
                }
            }
        }

        /// <summary>Who went from a version to an older one within some days. Takes the app's codes to the past.</summary>
        public IEnumerable<Downgrade> StepsBack(int days)
        {
            var versions = app.Values[_version]!.Value.ToArray();
            // Comparing versions is reading them: once each, and not for each of millions of changes.
            var ranks = new int[versions.Length];
            var ordered = Enumerable.Range(0, versions.Length).Order(Comparer<int>.Create((left, right) => VersionOrder.Instance.Compare(versions[left], versions[right]))).ToList();
            for (var i = 1; i < ordered.Count; i++)
            {
                ranks[ordered[i]] = ranks[ordered[i - 1]] + (VersionOrder.Instance.Compare(versions[ordered[i - 1]], versions[ordered[i]]) == 0 ? 0 : 1);
            }

            int[] walked = [.. plan.Filters.Select(filter => filter.Dimension).Append(_version).Distinct()];
            return app.Chunks.AsParallel().Select(chunk => StepsBack(chunk, walked, ranks, days)).ToList()
                .SelectMany(steps => steps).GroupBy(step => step.Key)
                .Select(step => new Downgrade(versions[step.Key.From], versions[step.Key.To], step.Sum(own => own.Value)));
        }

        private Dictionary<(ushort From, ushort To), long> StepsBack(ChunkView chunk, int[] walked, int[] ranks, int days)
        {
            var steps = new Dictionary<(ushort, ushort), long>();
            for (var at = Math.Min(day, chunk.RunningDay); at > day - days; at--)
            {
                // A day that is over has at most one change of each.
                var seen = at == chunk.RunningDay ? new HashSet<int>() : null;
                foreach (var change in chunk.ChangesOf(at, _version))
                {
                    var (ordinal, before) = (ClosedDay.OrdinalOf(change), ClosedDay.BeforeOf(change));
                    var after = Code(chunk, _version, ordinal);
                    if (seen?.Add(ordinal) != false && before != 0 && after != 0 && ranks[after] < ranks[before] && plan.GroupOf(chunk, ordinal) >= 0)
                    {
                        steps[(before, after)] = steps.GetValueOrDefault((before, after)) + 1;
                    }
                }

                foreach (var dimension in walked)
                {
                    chunk.GoTo(dimension, at - 1);
                }
            }

            return steps;
        }

        private static ushort Code(ChunkView chunk, int dimension, int ordinal) =>
            chunk.CodesOf(dimension) is { IsEmpty: false } codes ? codes[ordinal] : (ushort)0;

        private static (int Place, int Code) ReasonOf(List<PlatformNeed> needs, ChunkView chunk, int ordinal)
        {
            var unknown = needs.Count;
            for (var i = needs.Count - 1; i >= 0; i--)
            {
                unknown = Code(chunk, needs[i].Dimension, ordinal) == 0 ? i : unknown;
            }

            for (var i = 0; i < needs.Count; i++)
            {
                if (Code(chunk, needs[i].Dimension, ordinal) is var code && needs[i].IsTooOld[code])
                {
                    return (i, code);
                }
            }

            return (unknown, 0);
        }

        /// <summary>What the newest release is seen to need of a platform; null when too few have it.</summary>
        private PlatformNeed? NeedOf(string platform, byte[] isOn)
        {
            var dimension = dimensions.IndexOf(platform);
            if (app.Values[dimension] is not { } values)
            {
                return null;
            }

            var counts = new int[values.Length];
            foreach (var (chunk, members) in _chunks)
            {
                var on = (ulong[])members.Clone();
                Scan.Keep(on, chunk.CodesOf(_version), isOn);
                Scan.Count(on, chunk.CodesOf(dimension), counts);
            }

            var seen = Enumerable.Range(1, counts.Length - 1).Where(code => counts[code] > 0).ToList();
            if (seen.Sum(code => (long)counts[code]) < Evidence)
            {
                return null;
            }

            string[] versions = [.. values.ToArray().Select(value => VersionOrder.Cut(value, 2))];
            var oldest = seen.Select(code => versions[code]).Min(VersionOrder.Instance)!;
            return new PlatformNeed(
                platform, dimension, oldest, versions,
                [.. versions.Select((version, code) => code > 0 && VersionOrder.Instance.Compare(version, oldest) < 0)]);
        }

        private static ulong[] MembersOf(AppPlan plan, List<string> dimensions, ChunkView chunk, int day, int today)
        {
            for (var dimension = 0; dimension < dimensions.Count; dimension++)
            {
                chunk.GoTo(dimension, day);
            }

            var members = new ulong[chunk.Words];
            new Population(chunk, today).Of(Activity.Active, Window, day, members);
            plan.Keep(chunk, members);
            return members;
        }
    }

    /// <summary>What the newest release is seen to need of a platform.</summary>
    /// <param name="Platform">The field.</param>
    /// <param name="Dimension">Its place in the view.</param>
    /// <param name="Oldest">The oldest version on which the release is seen.</param>
    /// <param name="Versions">By code: the version, cut to what is compared.</param>
    /// <param name="IsTooOld">By code: whether it is older than that.</param>
    private sealed record PlatformNeed(string Platform, int Dimension, string Oldest, string[] Versions, bool[] IsTooOld)
    {
        /// <summary>The newest version that anybody of those has who are too old.</summary>
        public string NewestOf(long[] counts) =>
            Enumerable.Range(1, counts.Length - 1).Where(code => counts[code] > 0).Select(code => Versions[code]).Max(VersionOrder.Instance)!;
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
