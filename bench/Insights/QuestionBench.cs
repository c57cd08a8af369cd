using System.Diagnostics;
using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Insights.Questions;
using Activity = Telemetry.Server.Insights.Questions.Activity;

namespace Bench.Insights;

/// <summary>How fast the fleet is asked, beside the study's engine and another one with the same fleet, in interleaved rounds.</summary>
internal sealed class QuestionBench
{
    private const string Php = "environment.php_version";
    private const string Nextcloud = "environment.nextcloud_version";
    private const string Country = "environment.country";
    private const string Database = "environment.database";
    private const string Users = "users.total";

    private static readonly string Version = CoreFields.Schema.Texts[CoreFields.AppVersion].Path;

    private readonly FleetPlan _plan;
    private readonly FleetProjection _projection;
    private readonly IFleetReference? _reference;
    private readonly List<Case> _cases = [];

    public QuestionBench(FleetPlan plan, FleetProjection projection, IFleetReference? reference)
    {
        (_plan, _projection, _reference) = (plan, projection, reference);
        AddPoints();
        AddSeries();
        AddOthers();
    }

    /// <summary>The questions for those that ask without a pause: points, or series.</summary>
    public IReadOnlyList<Action> Points => [.. _cases.Where(question => question.Goal <= 15).Select(question => question.Ask)];

    public IReadOnlyList<Action> Series => [.. _cases.Where(question => question.Goal == 100).Select(question => question.Ask)];

    /// <exception cref="InvalidOperationException">The engines do not agree, and then their speed is worth nothing.</exception>
    public void Run(TextWriter output, int rounds)
    {
        foreach (var question in _cases)
        {
            question.Check?.Invoke();
            for (var warm = 0; warm < 3; warm++)
            {
                question.Ask();
            }
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var question in _cases)
            {
                question.Own.Add(Time(question.Ask));
                if (question.AskReference is { } ask && round < 11)
                {
                    question.Reference.Add(Time(ask));
                }
            }
        }

        output.WriteLine($"| question | p50 / p99 / min ms | CPU ms | goal p99 | | the study's p50 / min | {_reference?.Name ?? "-"} p50 / min | its CPU : ours |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var question in _cases)
        {
            var (own, reference) = (question.Own, question.Reference);
            var p99 = At(own, 0.99);
            output.WriteLine(FormattableString.Invariant(
                $"| {question.Name} | {At(own, 0.5):0.0} / {p99:0.0} / {At(own, 0):0.0} | {Cpu(own):0.0} | {question.Goal} | {(p99 <= question.Goal ? "met" : At(own, 0.5) <= question.Goal ? "at p50" : "MISSED")} | {question.Study} | {(reference.Count > 0 ? FormattableString.Invariant($"{At(reference, 0.5):0.0} / {At(reference, 0):0.0}") : "")} | {(reference.Count > 0 ? FormattableString.Invariant($"{Cpu(reference) / Cpu(own):0.0}") : "")} |"));
            output.Flush();
        }
    }

    private void AddPoints()
    {
        (string, int[])[] wide = [Wide(Country, 0.9), Wide(Nextcloud, 0.9), Wide(Database, 0.8)];
        (string, int[])[] moving = [Wide(Version, 0.6), Wide(Php, 0.8)];
        _cases.Add(new Case("overview of one app, with the time before", 10, "1.6 / 1.2", () => new OverviewEngine(_projection).At(Slugs("roomvox"), [], null, 30)));
        _cases.Add(new Case("overview of all apps, with the time before", 10, "", () => new OverviewEngine(_projection).At(null, [], null, 30)));
        _cases.Add(new Case("overview of all apps, 3 filters", 10, "", () => new OverviewEngine(_projection).At(null, Choices(wide), null, 30)));
        Point("PHP, 3 wide filters, today", 10, "0.75 / 0.66", 0, 7, wide, Php);
        Point("same, 30 days ago", 10, "0.97 / 0.85", 30, 7, wide, Php);
        Point("same, 365 days ago", 10, "1.7 / 1.3", 365, 7, wide, Php);
        Point("filters on app version and PHP, 365 days ago", 10, "4.1 / 3.7", 365, 7, moving, Php);
        Point("heat map platform x PHP, today", 15, "0.88 / 0.86", 0, 7, [], Nextcloud, Php);
        Point("same, 180 days ago", 15, "1.9 / 1.7", 180, 7, [], Nextcloud, Php);
    }

    private void AddSeries()
    {
        (string, int[])[] two = [Wide(Country, 0.9), Wide(Database, 0.8)];
        (string, int[])[] moving = [Wide(Nextcloud, 0.6), Wide(Version, 0.6)];
        SeriesCase("series of 400 days, active 30, app version, 2 filters", "37 / 31", 30, two, Version);
        SeriesCase("same, active 7", "40 / 34", 7, two, Version);
        SeriesCase("same, active 1", "115 / 101", 1, two, Version);
        SeriesCase("series of 400 days, active 7, PHP, 2 moving filters", "68 / 53", 7, moving, Php);
        var warm = new QuestionEngine(_projection);
        var question = SeriesOf(30, two, Version);
        _cases.Add(new Case("series of 400 days, closed days asked before", 10, "", () => warm.Ask(question)));
    }

    private void AddOthers()
    {
        var engine = new QuestionEngine(_projection);
        var filter = Choices([Wide(Country, 0.9)]);
        _cases.Add(new Case("p50, p90, p99 of users, 1 filter", 15, "2.1 / 1.5", () => engine.Ask(new Question
        {
            Filters = filter,
            Measures = [Percentile(50), Percentile(90), Percentile(99)],
        })));
        _cases.Add(new Case("first page of 50 installations by users, 3 filters", 15, "1.4 / 1.1", () => new InstanceList(_projection).Page(
            new InstanceQuestion { Filters = Choices([Wide(Country, 0.9), Wide(Nextcloud, 0.9), Wide(Database, 0.8)]), Order = InstanceOrder.Field, OrderField = Users, Descending = true },
            InstancePlace.Start, 50)));
        _cases.Add(new Case("first page of 50 installations by app version, active 7", 15, "", () => new InstanceList(_projection).Page(
            new InstanceQuestion { Activity = Activity.Active, Order = InstanceOrder.Field, OrderField = Version, Descending = true }, InstancePlace.Start, 50)));
        _cases.Add(new Case("PHP below x by app, cumulative", 10, "1.7 / 1.1", () => engine.Ask(new Question
        {
            GroupBy = [By(Php)],
            Measures = [new Measure(MeasureKind.CumulativeShare)],
            InOwnOrder = true,
        })));
        _cases.Add(new Case("survival, 14 cohorts x 14", 20, "4.2 / 3.3", () => new CohortEngine(_projection).Of(null, [], 14)));
        _cases.Add(new Case("adoption by release, 200 days, who stays behind", 100, "22 / 21", () => new ReleaseEngine(_projection, new QuestionEngine(_projection)).Of(
            _plan.Registry.Find("roomvox")!, [], null, 200)));
    }

    private void Point(string name, int goal, string study, int daysAgo, int window, (string Path, int[] Codes)[] filters, params string[] groupBy)
    {
        var engine = new QuestionEngine(_projection);
        var day = _plan.LastDay - daysAgo;
        var question = new Question { Filters = Choices(filters), GroupBy = [.. groupBy.Select(By)], Day = day, Window = window };
        var added = new Case(name, goal, study, () => engine.Ask(question));
        if (_reference is { } reference)
        {
            added.AskReference = () => reference.Count(null, day, window, filters, groupBy);
            added.Check = () => Compare(name, OfAnswer(engine.Ask(question), groupBy), reference.Count(null, day, window, filters, groupBy));
        }

        _cases.Add(added);
    }

    private void SeriesCase(string name, string study, int window, (string Path, int[] Codes)[] filters, string groupBy)
    {
        var question = SeriesOf(window, filters, groupBy);
        // An engine of its own each time: none has the closed days' figures at hand.
        var added = new Case(name, 100, study, () => new QuestionEngine(_projection).Ask(question));
        if (_reference is { } reference && window >= 7)
        {
            added.AskReference = () => reference.Series(null, _plan.FirstDay, _plan.LastDay, window, filters, groupBy);
            added.Check = () =>
            {
                var answer = new QuestionEngine(_projection).Ask(question);
                var own = answer.Groups.SelectMany(group => group.Figures[0].Values.Select((value, point) =>
                    ((answer.Points[point].End, CodeOf(groupBy, group.Keys[0])), (long)value))).Where(pair => pair.Item2 > 0).ToDictionary();
                Compare(name, own, reference.Series(null, _plan.FirstDay, _plan.LastDay, window, filters, groupBy));
            };
        }

        _cases.Add(added);
    }

    private static Measure Percentile(int percentile) => new(MeasureKind.Percentile, Users, percentile);

    private Question SeriesOf(int window, (string Path, int[] Codes)[] filters, string groupBy) => new()
    {
        Filters = Choices(filters),
        GroupBy = [By(groupBy)],
        Day = _plan.LastDay,
        Days = _plan.Days,
        Step = Step.Day,
        Window = window,
    };

    private Dictionary<(int, int), long> OfAnswer(Answer answer, string[] groupBy) => answer.Groups.ToDictionary(
        group => (CodeOf(groupBy[0], group.Keys[0]), groupBy.Length > 1 ? CodeOf(groupBy[1], group.Keys[1]) : 0),
        group => (long)group.Figures[0].Values[0]);

    private int CodeOf(string path, GroupKey key) => Array.IndexOf(_plan.Values[path], key.Value) + 1;

    /// <summary>The most common values of a dimension, the first ones, without what is not told.</summary>
    private (string Path, int[] Codes) Wide(string path, double share) =>
        (path, [.. Enumerable.Range(1, Math.Max(1, (int)(_plan.Values[path].Length * share)))]);

    private List<FieldChoice> Choices((string Path, int[] Codes)[] filters) =>
        [.. filters.Select(filter => new FieldChoice(filter.Path, filter.Codes.Select(code => _plan.Values[filter.Path][code - 1]).ToHashSet(StringComparer.Ordinal), Exclude: false, 0))];

    private static FieldGrouping By(string path) => new(path, 0, path == Version || path == Php || path == Nextcloud ? VersionOrder.Instance : StringComparer.Ordinal);

    private static HashSet<string> Slugs(string app) => new(StringComparer.Ordinal) { app };

    private static void Compare<TKey>(string name, Dictionary<TKey, long> own, Dictionary<TKey, long> other)
        where TKey : notnull
    {
        foreach (var key in own.Keys.Union(other.Keys))
        {
            if (own.GetValueOrDefault(key) != other.GetValueOrDefault(key))
            {
                throw new InvalidOperationException($"{name}: {key} is {own.GetValueOrDefault(key)} here and {other.GetValueOrDefault(key)} there.");
            }
        }
    }

    private static (double Wall, double Cpu) Time(Action ask)
    {
        var (cpu, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        ask();
        var wall = Stopwatch.GetElapsedTime(watch);
        return (wall.TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
    }

    private static double At(List<(double Wall, double Cpu)> times, double quantile) =>
        times.Select(time => time.Wall).Order().ElementAt((int)Math.Min(times.Count - 1, quantile * times.Count));

    private static double Cpu(List<(double Wall, double Cpu)> times) => times.Select(time => time.Cpu).Order().ElementAt(times.Count / 2);

    private sealed class Case(string name, int goal, string study, Action ask)
    {
        public string Name => name;

        public int Goal => goal;

        public string Study => study;

        public Action Ask => ask;

        public Action? AskReference { get; set; }

        public Action? Check { get; set; }

        public List<(double Wall, double Cpu)> Own { get; } = [];

        public List<(double Wall, double Cpu)> Reference { get; } = [];
    }
}
