using System.Globalization;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Shell;
using Telemetry.Dashboard.State;

namespace Telemetry.Dashboard.Pages;

/// <summary>Any figure by any dimension over any time: the question is a sentence, and the address is the view.</summary>
public sealed partial class Explore : Page
{
    private Question<QueryRequest, QueryResponse> _answer = null!;
    private (string Figure, string? By, string? And) _shape;

    private string? By => Address["by"] is { Length: > 0 } by ? by : null;

    /// <summary>What an address says that nobody knows is as if it said nothing.</summary>
    private string ActivityKey => Address["activity"] is { } key && Activities.ContainsKey(key) ? key : "";

    private string? And => By is not null && Address["and"] is { Length: > 0 } and ? and : null;

    /// <summary>"count", or a kind and a field: "sum:users.total", "p90:users.total".</summary>
    private string Figure => Address["figure"] ?? "count";

    private string FigureField => Figure.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? Figure[(colon + 1)..] : "";

    private bool IsCount => FigureField.Length == 0;

    private int Top => int.TryParse(Address["top"], NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top is >= 1 and <= 100 ? top : 6;

    private Step Step => Address["step"] switch { "week" => Step.Week, "month" => Step.Month, _ => Step.Day };

    /// <summary>Figures of fields are known for the running day alone.</summary>
    private bool IsSeries => IsCount && Form is "line" or "area";

    private string Form => (Address["view"], IsCount, By, And) switch
    {
        (_, _, not null, not null) when Address["view"] is not "table" => "heat",
        ("line" or "area" or "bars" or "table", true, not null, null) => Address["view"]!,
        ("bars" or "table", false, not null, _) => Address["view"]!,
        (_, true, _, null) => "line",
        (_, false, not null, _) => "bars",
        _ => "table",
    };

    private IReadOnlyList<SegmentedOption<string>> Forms =>
    [
        .. And is not null ? [new SegmentedOption<string>("heat", Say("Heat map", "Heatmap"), "heat")] : Array.Empty<SegmentedOption<string>>(),
        .. IsCount && And is null ? [new SegmentedOption<string>("line", Say("Line", "Linie"), "line")] : Array.Empty<SegmentedOption<string>>(),
        .. IsCount && And is null && By is not null ? [new SegmentedOption<string>("area", Say("Area", "Fläche"), "area")] : Array.Empty<SegmentedOption<string>>(),
        .. By is not null && And is null ? [new SegmentedOption<string>("bars", Say("Bars", "Balken"), "bars")] : Array.Empty<SegmentedOption<string>>(),
        .. By is not null || !IsCount ? [new SegmentedOption<string>("table", Say("Table", "Tabelle"), "table")] : Array.Empty<SegmentedOption<string>>(),
    ];

    private string MeasureName => FigureOptions.FirstOrDefault(option => option.Value == Figure).Name ?? Figure;

    private string Noun => IsCount ? Say("installations", "Installationen") : "";

    private Unit Unit => IsCount || Figure.StartsWith("sum:", StringComparison.Ordinal) ? Unit.Count : Unit.Number;

    private string Title => (IsCount ? Say("Installations", "Installationen") : MeasureName)
        + (By is null ? "" : Say(" by ", " nach ") + Names.InText(By)) + (And is null ? "" : Say(" and ", " und ") + Names.InText(And));

    private string Subtitle => $"{(View.App is null ? Say("All apps", "Alle Apps") : Names.Value("app", View.App))}, {ActivityOptions.First(option => option.Value == ActivityKey).Name}"
        + (IsSeries ? Say(Step == Step.Day ? ", each day" : Step == Step.Week ? ", by week" : ", by month", Step == Step.Day ? ", jeder Tag" : Step == Step.Week ? ", nach Woche" : ", nach Monat") : Say(", now", ", jetzt")) + (_answer.Answer is not null && By is not null && View.Compare && Form == "line" && Lines is [{ Before: not null } first, _, ..] ? Say($". Dotted: {first.Name}, {BeforeName}", $". Gepunktet: {first.Name}, {BeforeName}") : "");

    private string BeforeName => Say($"{View.Days} days before", $"{View.Days} Tage davor");

    private string Folded => _answer.Answer is not { } answer || By is null ? "" :
        answer.Groups.SelectMany(group => group.Keys).Where(key => key.KeyCase == GroupKey.KeyOneofCase.Rest).Sum(key => (long)key.Rest) is > 0 and var rest
            ? Say($"{Formats.Count(rest)} smaller values are folded into one.", $"{Formats.Count(rest)} kleinere Werte sind zu einem zusammengefasst.")
            : Say("Nothing is folded: every value is shown.", "Nichts ist zusammengefasst: jeder Wert ist zu sehen.");

    private PanelState? Empty => _answer.Answer?.Total.Last() is 0 or null && _answer.Answer is not null && IsCount
        ? View.Filters.Count > 0 ? PanelState.EmptyByFilter(Say("These filters together leave no installation.", "Diese Filter lassen zusammen keine Installation übrig."), Say("Remove the filters", "Filter entfernen"))
        : PanelState.Empty(Say("No installation is in this state.", "Keine Installation ist in diesem Zustand.")) : null;

    private IReadOnlyList<Series> Lines => By is null ? [Answers.Line(_answer.Answer!, Say("installations", "Installationen"))]
        : [.. Answers.Lines(_answer.Answer!, Names, Words, By).Select((line, i) => i == 0 && Form == "line" ? line : line with { Before = null })];

    private IReadOnlyList<Bar> Bars => By is null ? [] : Answers.Bars(_answer.Answer!, Names, Words, By);

    private IReadOnlyList<(string Value, string Name)> FigureOptions =>
    [
        ("count", Say("installations", "Installationen")),
        .. Catalog.Measures(View.App).SelectMany(known => new (string, string)[]
        {
            ($"sum:{known.Field}", Say($"sum of {Names.InText(known.Field)}", $"Summe von {Names.InText(known.Field)}")),
            ($"mean:{known.Field}", Say($"mean of {Names.InText(known.Field)}", $"Mittel von {Names.InText(known.Field)}")),
            ($"p50:{known.Field}", Say($"median of {Names.InText(known.Field)}", $"Median von {Names.InText(known.Field)}")),
            ($"p90:{known.Field}", Say($"90th percentile of {Names.InText(known.Field)}", $"90. Perzentil von {Names.InText(known.Field)}")),
        }),
    ];

    private IReadOnlyList<(string Value, string Name)> ActivityOptions =>
    [
        ("", View.Window == 1 ? Say("active on the day", "aktiv am Tag") : Say($"active in {View.Window} days", $"aktiv in {View.Window} Tagen")),
        ("new", Say("new", "neu")), ("returned", Say("returned", "zurückgekehrt")), ("silent", Say("silent", "still")), ("gone", Say("gone", "fort")),
        ("known", Say("known", "bekannt")), ("one-shot", Say("one-shot", "nur einmal")),
    ];

    private IReadOnlyList<(string Value, string Name)> DimensionOptions =>
        [("", Say("nothing", "nichts")), .. Catalog.Dimensions(View.App).Select(known => (known.Field, Names.Field(known.Field)))];

    private IReadOnlyList<(string Value, string Name)> AndOptions =>
        [("", Say("nothing else", "nichts weiter")), .. Catalog.Dimensions(View.App).Where(known => known.Field != By).Select(known => (known.Field, Names.Field(known.Field)))];

    private IReadOnlyList<(string Value, string Name)> StepOptions => [("", Say("every day", "jeden Tag")), ("week", Say("every week", "jede Woche")), ("month", Say("every month", "jeden Monat"))];

    private IReadOnlyList<(string Value, string Name)> OrderOptions => [("", Say("the largest", "die größten")), ("own", Say("in their own order, the first", "in eigener Reihenfolge, die ersten"))];

    private IReadOnlyList<(string Value, string Name)> TopOptions => [.. new[] { 3, 6, 10, 20, 50 }.Append(Top).Distinct().Order().Select(top => (Formats.Count(top), Formats.Count(top)))];

    /// <summary>Nothing where it is unknown, which the table says in its own way.</summary>
    private string? NameOf(GroupKey key, string field) => Answers.NameOf(key, Names, Words, field) is var name && name == Words.Unknown ? null : name;

    private IReadOnlyList<Column<Group>> Columns =>
    [
        new(By is null ? Say("All", "Alle") : Names.Field(By)) { Text = row => By is null ? Words.All : NameOf(row.Keys[0], By) },
        .. And is null ? Array.Empty<Column<Group>>() : [new(Names.Field(And)) { Text = row => NameOf(row.Keys[1], And) }],
        new(IsCount ? Say("Installations", "Installationen") : MeasureName) { Numeric = true, Sort = "value", Value = row => row.Last(), Text = row => row.Last() is { } value ? Formats.Value(value, Unit) : Components.Formats.Nothing },
        .. !IsCount ? [new(Say("Of installations", "Von Installationen")) { Numeric = true, Sort = "known", Value = row => row.Figures[0].Known.LastOrDefault() }]
            : new Column<Group>[]
            {
                new(Say("Share", "Anteil")) { Numeric = true, Sort = "share", Explanation = Say($"Of all {Formats.Count(_answer.Answer?.Total.Last())} installations that the question is of.", $"Von allen {Formats.Count(_answer.Answer?.Total.Last())} Installationen, nach denen gefragt ist."), Value = row => row.Last() / _answer.Answer!.Total.Last(), Text = row => Formats.Share(row.Last(), _answer.Answer!.Total.Last() ?? 0) },
            },
        .. View.Compare && IsCount ? [new(BeforeName) { Numeric = true, Sort = "before", Value = row => row.Before() }, new(Say("Change", "Änderung")) { Numeric = true, Sort = "change", Explanation = Say($"Against {View.Days} days before.", $"Gegenüber {View.Days} Tagen davor."), Value = row => row.Before() is > 0 and { } then ? (row.Last() / then) - 1 : null, Text = row => row.Before() is { } before ? Formats.Change(row.Last(), before) : Components.Formats.Nothing }]
            : Array.Empty<Column<Group>>(),
    ];

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _answer = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
    }

    protected override Task AskAsync()
    {
        var request = new QueryRequest { Population = View.ToPopulation(), Top = (uint)Top, Measures = { MeasureOf(Figure) }, Compare = View.Compare && IsCount, CompareDays = (uint)View.Days };
        if (Activities.GetValueOrDefault(ActivityKey) is var activity && activity != Activity.Unspecified)
        {
            (request.Population.Activity, request.Population.WindowDays) = (activity, 0);
        }

        request.Order = Address["order"] == "own" ? GroupOrder.Own : GroupOrder.Largest;
        request.GroupBy.AddRange(new[] { By, And }.OfType<string>().Select(field => new Contracts.V1.Dimension { Field = field, VersionParts = Catalog.IsVersion(field) ? 2u : 0 }));
        if (And is not null)
        {
            request.Top = 100;
            request.Order = GroupOrder.Own;
        }

        if (IsSeries)
        {
            (request.Days, request.Step) = ((uint)View.Days, Step);
        }

        // Figures of other dimensions are no stand-in for these.
        if (_shape != (Figure, By, And))
        {
            _answer.Forget();
            _shape = (Figure, By, And);
        }

        return _answer.AskAsync(request);
    }

    private static readonly Dictionary<string, Activity> Activities = new()
    {
        ["new"] = Activity.New,
        ["returned"] = Activity.Returned,
        ["silent"] = Activity.Silent,
        ["gone"] = Activity.Gone,
        ["known"] = Activity.Known,
        ["one-shot"] = Activity.OneShot,
    };

    private static Measure MeasureOf(string figure) => figure.Split(':', 2) switch
    {
        ["sum", var field] => new() { Kind = MeasureKind.Sum, Field = field },
        ["mean", var field] => new() { Kind = MeasureKind.Mean, Field = field },
        [['p', .. var percentile], var field] when uint.TryParse(percentile, NumberStyles.None, CultureInfo.InvariantCulture, out var rank) => new() { Kind = MeasureKind.Percentile, Field = field, Percentile = rank },
        _ => new() { Kind = MeasureKind.Count },
    };

    private void Filter(string field, Selection selection) =>
        Go(View.Add(new FieldCondition(field, [selection.Key], selection.Exclude, Catalog.IsVersion(field) && selection.Key.Length > 0 ? 2 : 0)));

    private void Filter((Selection? Row, Selection? Column) pressed)
    {
        var view = View;
        foreach (var (field, selection) in new[] { (By, pressed.Row), (And, pressed.Column) })
        {
            if (field is not null && selection is { } chosen)
            {
                view = view.Add(new FieldCondition(field, [chosen.Key], chosen.Exclude, Catalog.IsVersion(field) && chosen.Key.Length > 0 ? 2 : 0));
            }
        }

        Go(view);
    }
}
