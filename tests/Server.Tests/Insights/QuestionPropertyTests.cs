using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;

namespace Telemetry.Server.Tests.Insights;

/// <summary>Every figure equals what going through all reports finds.</summary>
public sealed class QuestionPropertyTests
{
    private static readonly string[] Dimensions =
    [
        "app", "app_version", "verdict", "claim_reason", "country_source", "environment.php_version", "environment.nextcloud_version",
        "environment.database", "environment.country", "environment.container", "usage.exchange_sync_enabled", "usage.self_service",
    ];

    private static readonly string[] Fields = ["users.total", "usage.rooms", "usage.average_loan_days", "usage.forms", "usage.average_capacity"];

    [Fact]
    public void Every_count_equals_brute_force() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            // Masks have 64 installations a word: with few and with whole words.
            var fleet = new RandomFleet(seed, installations: seed % 3 == 0 ? 260 : 60);
            using var projection = Project(fleet, fleet.Reports);
            var (engine, brute, random) = (new QuestionEngine(projection), new BruteForce(fleet, fleet.Reports, fleet.Now), new Random(seed));
            for (var i = 0; i < 12; i++)
            {
                CheckCounts(engine, brute, Draw(random, fleet));
            }
        },
        iter: 25, threads: 1);

    [Fact]
    public void Every_sum_mean_and_percentile_equals_brute_force() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            var fleet = new RandomFleet(seed, installations: seed % 2 == 0 ? 400 : 120, days: 30);
            using var projection = Project(fleet, fleet.Reports);
            var (engine, brute, random) = (new QuestionEngine(projection), new BruteForce(fleet, fleet.Reports, fleet.Now), new Random(seed));
            for (var i = 0; i < 12; i++)
            {
                var field = Fields[random.Next(Fields.Length)];
                var question = Draw(random, fleet) with
                {
                    Day = null,
                    Closed = false,
                    Days = 0,
                    Compare = false,
                    Measures =
                    [
                        Measure.Count, new Measure(MeasureKind.Sum, field), new Measure(MeasureKind.Mean, field),
                        new Measure(MeasureKind.Percentile, field, random.Next(1, 101)),
                    ],
                };
                CheckMeasures(engine.Ask(question), brute.Told(question, field), question);
            }
        },
        iter: 25, threads: 1);

    [Fact]
    public void An_erased_installation_is_as_if_it_had_never_reported() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            var fleet = new RandomFleet(seed);
            using var projection = Project(fleet, fleet.Reports);
            var (engine, random) = (new QuestionEngine(projection), new Random(seed));
            var erased = new HashSet<int>();
            var series = new Question { GroupBy = [new FieldGrouping("environment.country", 0, StringComparer.Ordinal)], Days = 60, Step = Step.Day };
            for (var i = 0; i < 8; i++)
            {
                // So that its closed days are kept when the next one is erased.
                engine.Ask(series);
                var victim = fleet.Reports[random.Next(fleet.Reports.Count)];
                erased.Add(victim.Installation);
                projection.Erase(victim.Report.Instance, victim.App);
                var brute = new BruteForce(fleet, fleet.Reports.Where(report => !erased.Contains(report.Installation)), fleet.Now);
                CheckCounts(engine, brute, Draw(random, fleet));
                CheckCounts(engine, brute, series);
            }
        },
        iter: 25, threads: 1);

    [Fact]
    public void Days_that_are_kept_stay_as_they_were_when_older_ones_are_dropped() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            var fleet = new RandomFleet(seed);
            using var projection = Project(fleet, fleet.Reports);
            var (engine, brute, random) = (new QuestionEngine(projection), new BruteForce(fleet, fleet.Reports, fleet.Now), new Random(seed));
            var oldest = RandomFleet.FirstDay + random.Next(60);
            projection.DropDaysBefore(oldest);
            for (var i = 0; i < 12; i++)
            {
                CheckCounts(engine, brute, Draw(random, fleet), oldest);
            }
        },
        iter: 25, threads: 1);

    [Fact]
    public void Retention_leaves_what_those_who_still_report_make_of_the_days_that_are_kept() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            var fleet = new RandomFleet(seed);
            using var projection = Project(fleet, fleet.Reports);
            var (engine, random) = (new QuestionEngine(projection), new Random(seed));
            var oldest = RandomFleet.FirstDay + random.Next(1, 60);
            projection.KeepFrom(oldest);
            var silent = fleet.Reports.GroupBy(report => (report.Installation, report.App))
                .Where(reports => reports.Last().Stored.AcceptedAtMs < UtcDay.StartMs(oldest)).Select(reports => reports.Key).ToHashSet();
            var brute = new BruteForce(fleet, fleet.Reports.Where(report => !silent.Contains((report.Installation, report.App))), fleet.Now);
            for (var i = 0; i < 12; i++)
            {
                CheckCounts(engine, brute, Draw(random, fleet), oldest);
            }
        },
        iter: 25, threads: 1);

    [Fact]
    public void An_answer_of_closed_days_is_the_same_when_it_is_asked_for_again() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            var fleet = new RandomFleet(seed);
            var random = new Random(seed);
            var (half, question) = (fleet.Reports.Count / 2, Draw(random, fleet) with { Days = 30, Step = Step.Day, Closed = false, Day = null });
            using var projection = Project(fleet, fleet.Reports[..half]);
            var engine = new QuestionEngine(projection);
            for (var upTo = half; upTo < fleet.Reports.Count; upTo += Math.Max(1, half / 4))
            {
                engine.Ask(question);
                var next = fleet.Reports[upTo..Math.Min(fleet.Reports.Count, upTo + Math.Max(1, half / 4))];
                projection.Apply([.. next.Select(report => report.Stored)], [.. next.Select(report => report.Report)]);
                var seen = fleet.Reports[..Math.Min(fleet.Reports.Count, upTo + next.Count)];
                CheckCounts(engine, new BruteForce(fleet, seen, fleet.Now), question);
                CheckCounts(engine, new BruteForce(fleet, seen, fleet.Now), question with { Day = seen[^1].Day });
            }
        },
        iter: 25, threads: 1);

    [Fact]
    public void A_question_is_answered_for_the_position_at_which_it_looked_whatever_comes_meanwhile() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            var fleet = new RandomFleet(seed, installations: 150, days: 40);
            var (random, half) = (new Random(seed), fleet.Reports.Count / 2);
            using var projection = Project(fleet, fleet.Reports[..half]);
            var (engine, brute) = (new QuestionEngine(projection), new BruteForce(fleet, fleet.Reports[..half], fleet.Now));
            var questions = Enumerable.Range(0, 6).Select(_ => Draw(random, fleet)).ToList();
            var sum = new Question { Measures = [Measure.Count, new Measure(MeasureKind.Sum, Fields[0]), new Measure(MeasureKind.Mean, Fields[0]), new Measure(MeasureKind.Percentile, Fields[0], 50)] };
            var looks = questions.Append(sum).Select(engine.Look).ToList();

            projection.Apply([.. fleet.Reports[half..].Select(report => report.Stored)], reports: null);
            var erased = fleet.Reports[random.Next(half)];
            projection.Erase(erased.Stored.Instance, erased.App);

            for (var i = 0; i < questions.Count; i++)
            {
                CheckCounts(engine.Ask(questions[i], looks[i]), brute, questions[i]);
            }

            CheckMeasures(engine.Ask(sum, looks[^1]), brute.Told(sum, Fields[0]), sum);
            looks.ForEach(look => look.Dispose());
        },
        iter: 25, threads: 1);

    /// <summary>Somebody who invents a version for each report makes the rest larger, and nothing else.</summary>
    [Fact]
    public void Invented_values_are_one_rest_and_leave_those_of_others_told_apart()
    {
        const int Invented = 3 * Grouping.MaxValues;
        var fleet = new RandomFleet(11);
        using var projection = Project(fleet, fleet.Reports);
        projection.Change(apps =>
        {
            var (app, template) = (apps["roomvox"], fleet.Reports.Last(report => report.App == "roomvox").Report);
            for (var i = 0; i < Invented; i++)
            {
                template.Values.Texts[CoreFields.AppVersion] = $"9{i}.0";
                var stored = StoredReport.Of(
                    new FeedPosition(1, fleet.Reports.Count + 1 + i), fleet.Reports[^1].Ms, EventKinds.ReportAccepted, 0,
                    template with { Instance = new InstanceId((UInt128)(uint)i + 1), ReportId = Guid.NewGuid() });
                app.Apply(stored, template.Values, projection.RunningDay);
            }
        });
        var question = new Question { Activity = Activity.Known, GroupBy = [new FieldGrouping("app_version", 0, VersionOrder.Instance)], Days = 90, Step = Step.Day, Compare = true };

        var answer = new QuestionEngine(projection).Ask(question);

        var rest = Assert.Single(answer.Groups, group => group.Keys[0].Kind == GroupKeyKind.Rest);
        Assert.Equal(Question.MaxGroups, answer.Groups.Count(group => group.Keys[0].Kind == GroupKeyKind.Value));
        Assert.True(answer.GroupCount >= Invented);
        Assert.Equal(answer.GroupCount, answer.Groups.Count - 1 + rest.Keys[0].Folded);
        Assert.Equal(answer.Total.Figures[0].Values[^1], answer.Groups.Sum(group => group.Figures[0].Values[^1]));
        var counts = new BruteForce(fleet, fleet.Reports, fleet.Now).Counts(question, [answer.Points[^1]]);
        foreach (var (version, count) in counts.Where(pair => pair.Value[0] > 1 && pair.Key[0] != '<'))
        {
            Assert.Equal(count[0], answer.Groups.Single(group => group.Keys[0].Value == version).Figures[0].Values[^1]);
        }

        Assert.Equal(Invented + counts.Values.Sum(count => count[0]), answer.Total.Figures[0].Values[^1]);
        var releases = new ReleaseEngine(projection, new QuestionEngine(projection)).Of(fleet.Apps.Find("roomvox")!, [], null, 60);
        Assert.Equal(ReleaseEngine.MaxReleases, releases.All.Count);
    }

    /// <summary>Bars of today beside a line of 90 days: both are compared with the same time.</summary>
    [Fact]
    public void The_time_before_is_as_many_days_earlier_as_asked()
    {
        var fleet = new RandomFleet(5);
        using var projection = Project(fleet, fleet.Reports);
        var engine = new QuestionEngine(projection);
        var day = RandomFleet.FirstDay + fleet.Days - 1;

        Assert.Equal([day - 7], Before(new Question { Day = day, Compare = true }));
        Assert.Equal([day - 1], Before(new Question { Day = day, Compare = true, Activity = Activity.New }));
        Assert.Equal([day - 90], Before(new Question { Day = day, Compare = true, CompareDays = 90 }));
        Assert.Equal([day - 5, day - 4, day - 3], Before(new Question { Day = day, Days = 3, Compare = true }));
        Assert.Equal([day - 32, day - 31, day - 30], Before(new Question { Day = day, Days = 3, Compare = true, CompareDays = 30 }));
        Assert.Empty(Before(new Question { Day = day, CompareDays = 30 }));

        IEnumerable<int> Before(Question question) => engine.Ask(question).PreviousPoints.Select(point => point.End);
    }

    [Fact]
    public void Versions_stand_in_their_own_order()
    {
        string[] ordered = ["1.2.0-alpha1", "1.2.0-beta2", "1.2.0-beta10", "1.2.0-rc1", "1.2", "1.2.1", "1.10.0", "2"];
        Assert.Equal(ordered, ordered.Reverse().Order(VersionOrder.Instance));
        Assert.Equal(["8.2", "8", "8.2.36", "8.2"], [VersionOrder.Cut("8.2.36", 2), VersionOrder.Cut("8.2.36", 1), VersionOrder.Cut("8.2.36", 0), VersionOrder.Cut("8.2-rc1", 2)]);
    }

    internal static FleetProjection Project(RandomFleet fleet, IReadOnlyList<FleetReport> reports)
    {
        var projection = new FleetProjection(fleet.Apps, new FakeTimeProvider(fleet.Now));
        var random = new Random(reports.Count);
        for (var from = 0; from < reports.Count;)
        {
            var batch = reports.Skip(from).Take(random.Next(1, 50)).ToList();
            projection.Apply([.. batch.Select(report => report.Stored)], random.Next(2) == 0 ? [.. batch.Select(report => report.Report)] : null);
            from += batch.Count;
        }

        return projection;
    }

    private static Question Draw(Random random, RandomFleet fleet)
    {
        var question = new Question
        {
            Apps = random.Next(3) == 0 ? new HashSet<string> { "roomvox", "shelfmark" } : null,
            Activity = (Activity)random.Next(1, 8),
            Window = new[] { 1, 7, 30, random.Next(1, 91) }[random.Next(4)],
            Filters = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Filter(random, fleet))],
            GroupBy = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Dimensions[random.Next(Dimensions.Length)]).Distinct()
                .Select(path => new FieldGrouping(path, PartsOf(random, path), VersionOrder.Instance))],
            Closed = random.Next(3) == 0,
            Day = random.Next(2) == 0 ? RandomFleet.FirstDay + random.Next(-3, fleet.Days + 5) : null,
            Days = random.Next(2) == 0 ? random.Next(1, 100) : 0,
            Step = (Step)random.Next(4),
            Compare = random.Next(3) == 0,
            CompareDays = random.Next(2) == 0 ? random.Next(1, 100) : null,
        };
        return question.Day is null ? question : question with { Closed = false };
    }

    private static FieldChoice Filter(Random random, RandomFleet fleet)
    {
        var path = Dimensions[random.Next(Dimensions.Length)];
        var parts = PartsOf(random, path);
        var values = Enumerable.Range(0, random.Next(1, 4)).Select(_ => path == "app" ? "roomvox" : VersionOrder.Cut(fleet.ValueOf(path), parts)).ToHashSet();
        return new FieldChoice(path, values, random.Next(3) == 0, parts);
    }

    private static int PartsOf(Random random, string path) => path.EndsWith("version", StringComparison.Ordinal) ? random.Next(4) : 0;

    private static void CheckCounts(QuestionEngine engine, BruteForce brute, Question question, int oldest = int.MinValue) =>
        CheckCounts(engine.Ask(question), brute, question, oldest);

    private static void CheckCounts(Answer answer, BruteForce brute, Question question, int oldest = int.MinValue)
    {
        Check(answer.Points, answer.Groups.ToDictionary(group => BruteForce.KeyOf(group.Keys), group => group.Figures[0].Values));
        if (question.Compare)
        {
            Check(answer.PreviousPoints, answer.Groups.ToDictionary(group => BruteForce.KeyOf(group.Keys), group => group.Previous[0].Values));
        }

        void Check(IReadOnlyList<Point> points, Dictionary<string, double[]> told)
        {
            var expected = brute.Counts(question, points);
            for (var point = 0; point < points.Count; point++)
            {
                Assert.True(oldest != int.MinValue || !points[point].IsUnknown);
                if (points[point].IsUnknown)
                {
                    continue;
                }

                foreach (var key in expected.Keys.Concat(told.Keys))
                {
                    var (want, got) = (expected.GetValueOrDefault(key)?[point] ?? 0, told.GetValueOrDefault(key)?[point] ?? 0);
                    Assert.True(want == got, $"{question} at {points[point]}: {key} is {got}, not {want}; today {brute.Today}");
                }
            }
        }
    }

    private static void CheckMeasures(Answer answer, Dictionary<string, List<double>> told, Question question)
    {
        foreach (var group in answer.Groups)
        {
            var values = told.GetValueOrDefault(BruteForce.KeyOf(group.Keys), []);
            Assert.All(group.Figures.Skip(1), figures => Assert.Equal(values.Count, figures.Known[0]));
            Assert.Equal(values.Sum(), group.Figures[1].Values[0], 6);
            if (values.Count > 0)
            {
                Assert.Equal(values.Average(), group.Figures[2].Values[0], 6);
                var rank = (int)Math.Ceiling(question.Measures[3].Percentile * values.Count / 100m);
                Assert.Equal(values[rank - 1], group.Figures[3].Values[0], 6);
            }
        }
    }
}
