using CsCheck;
using Telemetry.Contracts.V1;
using Telemetry.Schema;
using Telemetry.Server.Insights;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;
using Activity = Telemetry.Server.Insights.Questions.Activity;
using Measure = Telemetry.Server.Insights.Questions.Measure;

namespace Telemetry.Server.Tests.Insights;

/// <summary>Overview, releases, cohorts, timelines, lists and watches equal going through all reports.</summary>
public sealed class FleetPropertyTests
{
    private static readonly FieldGrouping ByVersion = new("app_version", 0, VersionOrder.Instance);

    [Fact]
    public void Overview_equals_brute_force() => Sample((fleet, random) =>
    {
        using var projection = QuestionPropertyTests.Project(fleet, fleet.Reports);
        var brute = new BruteForce(fleet, fleet.Reports, fleet.Now);
        var (day, compare) = (brute.Today - random.Next(0, 40), random.Next(1, 45));
        var filters = Filters(random, fleet);
        var (_, on, apps) = new OverviewEngine(projection).At(null, filters, day, compare);
        foreach (var app in apps)
        {
            var question = new Question { Apps = new HashSet<string> { app.App }, Filters = filters };
            CheckCounts(app.Counts, on);
            if (app.Before is not null)
            {
                CheckCounts(app.Before, on - compare);
            }

            Assert.Equal(Enumerable.Range(on - 7, 7).Sum(back => Count(Activity.New, 0, back)), app.NewInWeekBefore);
            var active = brute.Members(question with { Window = 30 }, on).Select(member => fleet.Reports.Last(report => report.Installation == member.State.Installation)).ToList();
            Assert.Equal(active.Sum(report => long.Parse(report.Values.GetValueOrDefault("users.total", "0"))), (long)app.People);
            Assert.Equal(active.Count(report => !report.Values.ContainsKey("users.total")), app.PeopleUnknown);

            long Count(Activity activity, int window, int at) => brute.Members(question with { Activity = activity, Window = window }, at).Count();

            void CheckCounts(FleetCounts counts, int at)
            {
                var lost = brute.Members(question with { Activity = Activity.Gone }, at)
                    .Count(member => member.Before.Any(report => report.Day > at - 60 && report.Day <= at - 30));
                var changed = brute.Members(question with { Activity = Activity.Known }, at).Count(member =>
                    member.Before.LastOrDefault(report => report.Day < at)?.Values.GetValueOrDefault("app_version") is { } before
                    && member.State.Values.GetValueOrDefault("app_version") is { } now && before != now);
                Assert.Equal(
                    (Count(Activity.Active, 1, at), Count(Activity.Active, 7, at), Count(Activity.Active, 30, at), Count(Activity.New, 0, at), Count(Activity.Returned, 0, at)),
                    (counts.Active1, counts.Active7, counts.Active30, counts.New, counts.Returned));
                Assert.Equal(
                    (Count(Activity.Silent, 0, at), Count(Activity.Gone, 0, at), Count(Activity.Known, 0, at), Count(Activity.OneShot, 0, at), (long)lost, (long)changed),
                    (counts.Silent, counts.Gone, counts.Known, counts.OneShots, counts.Lost, counts.VersionChanges));
                Assert.Equal(counts.Known, counts.Active7 + counts.Silent + counts.Gone);
            }
        }
    });

    [Fact]
    public void Releases_equal_brute_force() => Sample((fleet, random) =>
    {
        using var projection = QuestionPropertyTests.Project(fleet, fleet.Reports);
        var (engine, brute) = (new QuestionEngine(projection), new BruteForce(fleet, fleet.Reports, fleet.Now));
        var day = brute.Today - random.Next(0, 20);
        var filters = Filters(random, fleet);
        var found = new ReleaseEngine(projection, engine).Of(fleet.Apps.Find("roomvox")!, filters, day, 30);
        var question = new Question { Apps = new HashSet<string> { "roomvox" }, Filters = filters };
        // A clock that was wrong may date the first reports a day early.
        var first = fleet.Reports[0].Day;
        var days = Enumerable.Range(first, day - first + 1).Select(at =>
            brute.Members(question, at).Select(member => member.State.Values.GetValueOrDefault("app_version", "")).ToList()).ToList();
        Assert.Equal(days[^1].Count, found.Installations);
        Assert.Equal(days[^1].Count(version => version.Length == 0), found.Unknown);
        Assert.Equal(days.SelectMany(versions => versions).Where(version => version.Length > 0).Distinct().OrderDescending(VersionOrder.Instance), found.All.Select(release => release.Version));
        foreach (var release in found.All)
        {
            var seen = days.FindIndex(versions => versions.Contains(release.Version));
            Assert.Equal(first + seen, release.FirstSeen);
            Assert.Equal(days[^1].Count(version => version == release.Version), release.Installations);
            var shares = days.Skip(seen).Select(versions => versions.Count == 0 ? double.NaN
                : (double)versions.Count(version => version.Length > 0 && VersionOrder.Instance.Compare(version, release.Version) >= 0) / versions.Count).ToList();
            Assert.Equal(shares.Take(30), release.Adoption);
            Assert.Equal(shares.FindIndex(share => share >= 0.5) is var half && half < 0 ? null : half, release.DaysToHalf);
        }

        var behind = found.All.Count == 0 ? 0 : found.Behind.Sum(reason => reason.Installations);
        if (found.All.FirstOrDefault(release => release.Installations > 0) is { } newest)
        {
            Assert.Equal(days[^1].Count(version => version.Length > 0 && version != newest.Version), behind);
        }
    });

    [Fact]
    public void Cohorts_equal_brute_force() => Sample((fleet, random) =>
    {
        using var projection = QuestionPropertyTests.Project(fleet, fleet.Reports);
        var today = new BruteForce(fleet, fleet.Reports, fleet.Now).Today;
        var filters = Filters(random, fleet);
        var (_, cohorts) = new CohortEngine(projection).Of(null, filters, 12);
        var brute = new BruteForce(fleet, fleet.Reports, fleet.Now);
        var last = Math.Min(today, fleet.Reports[^1].Day);
        foreach (var cohort in cohorts)
        {
            var days = Enumerable.Range(cohort.Month, UtcDay.EndOfMonth(cohort.Month) - cohort.Month + 1);
            var members = days.SelectMany(day => brute.Members(new Question { Activity = Activity.New, Filters = filters }, day).Select(member => (Day: day, member.State.Installation))).ToList();
            Assert.Equal(members.Count, cohort.Installations);
            for (var look = 0; look < cohort.Survival.Count; look++)
            {
                var then = members.Select(member => (At: member.Day + (30 * (look + 1)), member.Installation)).Where(member => member.At < last).ToList();
                Assert.Equal(
                    (then.Count, then.Count(member => fleet.Reports.Exists(report => report.Installation == member.Installation && report.Day <= member.At && report.Day > member.At - 30))),
                    (cohort.Survival[look].Eligible, cohort.Survival[look].Active));
            }
        }
    });

    [Fact]
    public void Timelines_equal_brute_force() => Sample((fleet, random) =>
    {
        using var projection = QuestionPropertyTests.Project(fleet, fleet.Reports);
        foreach (var reports in fleet.Reports.GroupBy(report => report.Installation).Take(20))
        {
            var (first, days) = (reports.First(), random.Next(1, 120));
            var timeline = new TimelineEngine(projection).Of(first.Report.Instance, first.App, days)!;
            var today = new BruteForce(fleet, fleet.Reports, fleet.Now).Today;
            Assert.Equal(Math.Max(first.Day, today - days + 1), timeline.Start);
            Assert.Equal(today - timeline.Start + 1, timeline.Reported.Count);
            for (var day = timeline.Start; day <= today; day++)
            {
                Assert.Equal(reports.Any(report => report.Day == day), timeline.Reported[day - timeline.Start]);
                var state = reports.Last(report => report.Day <= day);
                foreach (var lane in timeline.Lanes)
                {
                    var run = Assert.Single(lane.Runs, run => run.Start <= day && day <= run.End);
                    Assert.Equal(state.Values.GetValueOrDefault(lane.Field), run.Value);
                }
            }

            Assert.All(timeline.Lanes, lane => Assert.All(lane.Runs.Zip(lane.Runs.Skip(1)), pair => Assert.NotEqual(pair.First.Value, pair.Second.Value)));
        }

        Assert.Null(new TimelineEngine(projection).Of(new InstanceId(7), "roomvox", 10));
    });

    [Fact]
    public void Lists_by_any_order_have_every_installation_once_and_in_order() => Sample((fleet, random) =>
    {
        using var projection = QuestionPropertyTests.Project(fleet, fleet.Reports);
        var brute = new BruteForce(fleet, fleet.Reports, fleet.Now);
        foreach (var field in new[] { "users.total", "app_version", "environment.country", "usage.rooms", "usage.self_service" })
        {
            var filters = Filters(random, fleet);
            var question = new InstanceQuestion
            {
                Filters = filters,
                Activity = (Activity)random.Next(1, 8),
                Order = InstanceOrder.Field,
                OrderField = field,
                Descending = random.Next(2) == 0,
            };
            var expected = brute.Members(new Question { Filters = filters, Activity = question.Activity.Value }, brute.Today).ToList();
            var (list, place, told) = (new InstanceList(projection), InstancePlace.Start, new List<InstanceId>());
            InstancePage page;
            do
            {
                page = list.Page(question, place, random.Next(1, 12));
                Assert.Equal(expected.Count, page.Total);
                told.AddRange(page.Instances.Select(item => item.Instance));
                place = page.End ?? place;
            }
            while (page.End is not null);

            Assert.Equal(expected.Select(member => member.State.Report.Instance.Value).Order(), told.Select(instance => instance.Value).Order());
            var values = told.Select(instance => expected.First(member => member.State.Report.Instance == instance).State.Values.GetValueOrDefault(field)).ToList();
            var known = values.TakeWhile(value => value is not null).ToList();
            Assert.All(values.Skip(known.Count), Assert.Null);
            var ordered = field is "users.total" or "usage.rooms" ? known.OrderBy(long.Parse!).ToList()
                : field == "app_version" ? [.. known.Order(VersionOrder.Instance!)] : [.. known.Order(StringComparer.Ordinal)];
            Assert.Equal(question.Descending ? Enumerable.Reverse(ordered) : ordered, known);
        }
    });

    [Fact]
    public void A_watched_answer_is_what_asking_again_gives_at_every_position() => Sample((fleet, random) =>
    {
        using var projection = QuestionPropertyTests.Project(fleet, fleet.Reports[..10]);
        var engine = new QuestionEngine(projection);
        var question = new Question
        {
            GroupBy = [ByVersion],
            Top = random.Next(1, 6),
            Measures = [Measure.Count, new Measure(Server.Insights.Questions.MeasureKind.Share)],
            Days = random.Next(2) * 5,
            InOwnOrder = random.Next(2) == 0,
        };
        var (watched, before) = (new WatchedAnswer(), AnswerMapper.ToWire(engine.Ask(question)));
        watched.Take(new WatchQueryResponse { Answer = before });
        for (var from = 10; from < fleet.Reports.Count;)
        {
            var batch = fleet.Reports.Skip(from).Take(random.Next(1, 6)).ToList();
            from += batch.Count;
            projection.Apply([.. batch.Select(report => report.Stored)], null);
            var after = AnswerMapper.ToWire(engine.Ask(question));
            watched.Take(AnswerChangeMapper.Between(before, after) ?? new WatchQueryResponse { Unchanged = after.Position });
            Assert.Equal(after, watched.Current);
            before = after;
        }
    });

    private static void Sample(Action<RandomFleet, Random> check) =>
        Gen.Int[1, 1_000_000].Sample(seed => check(new RandomFleet(seed, installations: seed % 3 == 0 ? 220 : 40, days: 90), new Random(seed)), iter: 15, threads: 1);

    private static List<FieldChoice> Filters(Random random, RandomFleet fleet) =>
    [
        .. Enumerable.Range(0, random.Next(3)).Select(_ => new[] { "environment.php_version", "environment.country", "verdict", "usage.self_service" }[random.Next(4)])
            .Select(path => new FieldChoice(path, new HashSet<string> { fleet.ValueOf(path), fleet.ValueOf(path) }, random.Next(2) == 0, 0)),
    ];
}
