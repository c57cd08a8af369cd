using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Shell;
using Telemetry.Dashboard.State;

namespace Telemetry.Dashboard.Pages;

/// <summary>How many, growing or shrinking, what is new, and what needs a person.</summary>
public sealed partial class Overview : Page
{
    private static readonly TimeSpan AskedAnew = TimeSpan.FromMinutes(1);

    private Question<GetOverviewRequest, GetOverviewResponse> _overview = null!;
    private Question<QueryRequest, QueryResponse> _series = null!, _newcomers = null!, _returned = null!, _where = null!, _byApp = null!;

    /// <summary>Nothing ever reported: then the page says how the first report comes.</summary>
    private bool IsEmptyServer => Pulse.Position?.Number == 0 && View.Equals(new View());

    private FleetFigures? Figures => _overview.Answer?.Figures;

    private ComparedCount Active => View.Window switch { 1 => Figures!.Active1, 30 => Figures!.Active30, _ => Figures!.Active7 };

    /// <summary>The headline moves with every commit; where the watched question is another one, it stands.</summary>
    private double? Live => Pulse.Answer is { Total: not null } answer && _watched ? answer.Total.Last() : null;

    private bool _watched;

    private string? Answer => _overview.Answer is { } overview ? Sentences.Overview(Words, overview, View.Window, View.Days) : null;

    private string ActiveName => View.Window == 1 ? Say("Active on the day", "Aktiv am Tag") : Say($"Active in {View.Window} days", $"Aktiv in {View.Window} Tagen");

    private string NewName => Say("New", "Neu") + " " + (_overview.Answer is { } overview ? Formats.Day(overview.Day.ToDay(), year: false) : "");

    private string BeforeName => Say($"{View.Days} days before", $"{View.Days} Tage davor");

    private string Versus => View.Compare ? Say($"vs {View.Days} days before", $"zu {View.Days} Tagen davor") : "";

    private string PeopleUnknown => Figures is { Active30.Value: > 0 } figures
        ? Say($"unknown for {Formats.Share(figures.PeopleUnknown, figures.Active30.Value)} of installations", $"unbekannt bei {Formats.Share(figures.PeopleUnknown, figures.Active30.Value)} der Installationen") : "";

    private PanelState? NothingNeeded => _overview.Answer is { Attention.Count: 0 } ? PanelState.Empty(Say("Nothing needs you.", "Nichts ist zu tun.")) : null;

    /// <summary>The running day moves with every commit.</summary>
    private IReadOnlyList<Series> Lines
    {
        get
        {
            var line = Answers.Line(_series.Answer!, Say("installations", "Installationen"));
            return [Live is { } live && _series.Answer!.Points[^1].Unfinished ? line with { Values = [.. line.Values.SkipLast(1), live] } : line];
        }
    }

    private IReadOnlyList<Series> Gains =>
    [
        Answers.Line(_newcomers.Answer!, Say("new", "neu")) with { Before = null },
        .. _returned.Answer is { } returned ? [Answers.Line(returned, Say("returned", "zurück")) with { Before = null }] : Array.Empty<Series>(),
    ];

    private IReadOnlyList<Place> Places =>
    [
        .. _where.Answer!.Groups.Select(group => new Place(
            group.Keys[0].Value, Answers.NameOf(group.Keys[0], Names, Words, "environment.country"), group.Last() ?? 0, View.Compare ? group.Before() : null, Answers.KindOf(group.Keys[0]))),
    ];

    private IReadOnlyList<Column<AppFigures>> AppColumns =>
    [
        new("App") { Text = row => row.DisplayName.Length > 0 ? row.DisplayName : Names.Value("app", row.App), Href = row => (View with { App = row.App }).ApplyTo(Address).ToString() },
        new(ActiveName) { Numeric = true, Explanation = Say($"Installations of the app, on {Formats.LongDay(_overview.Answer!.Day.ToDay(), year: true)}.", $"Installationen der App am {Formats.LongDay(_overview.Answer!.Day.ToDay(), year: true)}."), Sort = "active", Value = row => ActiveOf(row).Value },
        new(Say("Change", "Änderung")) { Numeric = true, Explanation = Say($"Of those active, against {View.Days} days before.", $"Der aktiven, gegenüber {View.Days} Tagen davor."), Sort = "change", Value = row => Previous(ActiveOf(row)) is > 0 and { } before ? (ActiveOf(row).Value / before) - 1 : null, Text = row => Previous(ActiveOf(row)) is { } before ? Formats.Change(ActiveOf(row).Value, before) : Say("no figure before", "keine Zahl davor") },
        new(Say($"Last {View.Days} days", $"Letzte {View.Days} Tage")) { Cell = row => builder =>
            {
                builder.OpenComponent<Components.Charts.Sparkline>(0);
                builder.AddAttribute(1, "Values", ValuesOf(row.App));
                builder.AddAttribute(2, "Name", Names.Value("app", row.App));
                builder.CloseComponent();
            } },
        new(Say("Newest", "Neueste")) { Explanation = Say("The newest version that an active installation has.", "Die neueste Version, die eine aktive Installation hat."), Text = row => row.NewestVersion.Length > 0 ? row.NewestVersion : null },
        new(Say("On it", "Darauf")) { Numeric = true, Explanation = Say("Share of those active in 7 days whose latest report has the newest version.", "Anteil der in 7 Tagen aktiven, deren letzter Bericht die neueste Version hat."), Sort = "adoption", Value = row => row.Figures.Active7.Value == 0 ? null : row.OnNewestVersion / (double)row.Figures.Active7.Value, Text = row => Formats.Share(row.OnNewestVersion, row.Figures.Active7.Value) },
    ];

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _overview = Ask<GetOverviewRequest, GetOverviewResponse>(Fleet.Insights.GetOverviewAsync);
        _series = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
        _newcomers = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
        _returned = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
        _where = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
        _byApp = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
        Pulse.Changed += Beat;
    }

    protected override Task AskAsync()
    {
        var population = View.ToPopulation();
        Pulse.Watch(new QueryRequest { Population = population, Closed = false });
        _watched = true;
        return Task.WhenAll(
            _overview.AskAsync(new GetOverviewRequest { Apps = { View.Apps }, Filters = { population.Filters }, CompareDays = (uint)View.Days }),
            _series.AskAsync(new QueryRequest { Population = population, Days = (uint)View.Days, Compare = View.Compare }),
            _newcomers.AskAsync(Events(Activity.New)),
            _returned.AskAsync(Events(Activity.Returned)),
            _where.AskAsync(new QueryRequest { Population = population, GroupBy = { new Contracts.V1.Dimension { Field = "environment.country" } }, Compare = View.Compare, CompareDays = (uint)View.Days }),
            _byApp.AskAsync(new QueryRequest { Population = population, GroupBy = { new Contracts.V1.Dimension { Field = "app" } }, Days = (uint)View.Days }));
    }

    public override void Dispose()
    {
        Pulse.Changed -= Beat;
        Pulse.Watch(Dashboard.Live.Pulse.Usual);
        base.Dispose();
    }

    private QueryRequest Events(Activity activity)
    {
        var population = View.ToPopulation();
        (population.Activity, population.WindowDays) = (activity, 0);
        // Whole weeks and the running one, which begins on a Monday: half a week at the start would look like a fall.
        var sinceMonday = (((int)Clock.GetUtcNow().UtcDateTime.DayOfWeek + 6) % 7) + 1;
        return new QueryRequest { Population = population, Days = (uint)((Math.Max(1, View.Days / 7) * 7) + sinceMonday), Step = Step.Week };
    }

    /// <summary>What follows from the figures is asked anew once a minute, as long as something comes in.</summary>
    private void Beat() => InvokeAsync(async () =>
    {
        StateHasChanged();
        if (_overview is { IsRunning: false, Failure: null, Answer: { } overview } && Pulse.Position is { } now && overview.Position.Number != now.Number
            && Clock.GetUtcNow() - _overview.AnsweredAt > AskedAnew)
        {
            await Task.WhenAll(_overview.AgainAsync(), _series.AgainAsync(), _where.AgainAsync());
        }
    });

    private ComparedCount ActiveOf(AppFigures row) => View.Window switch { 1 => row.Figures.Active1, 30 => row.Figures.Active30, _ => row.Figures.Active7 };

    private IReadOnlyList<double?> ValuesOf(string app) => _byApp.Answer is { } answer && answer.Groups.FirstOrDefault(group => group.Keys[0].Value == app) is { } group
        ? [.. group.Figures[0].Values.Select((value, i) => answer.Points[i].Unknown || double.IsNaN(value) ? (double?)null : value)] : [];

    private double? Previous(ComparedCount count) => View.Compare && count.HasPrevious ? count.Previous : null;

    private string Explain(string what, ComparedCount count) =>
        $"{what}: {Formats.Count(count.Value)} {Say("on", "am")} {Formats.LongDay(_overview.Answer!.Day.ToDay(), year: true)}"
        + (count.HasPrevious ? Say($"; {Formats.Count(count.Previous)} {View.Days} days before.", $"; {Formats.Count(count.Previous)} {View.Days} Tage davor.")
            : Say($"; no figures for {View.Days} days before.", $"; keine Zahlen für {View.Days} Tage davor."));

    private static string LinkOf(Attention need) => need.CauseCase switch
    {
        Attention.CauseOneofCase.StallingRelease => "/releases?app=" + need.StallingRelease.App,
        Attention.CauseOneofCase.HoldingPlatform => "/support-matrix?app=" + need.HoldingPlatform.App,
        Attention.CauseOneofCase.ClaimRefusals => "/installations?is=verdict:CLAIM_VERDICT_REFUSED",
        Attention.CauseOneofCase.EndingLicenses => "/licenses?ends=14",
        _ => "/settings",
    };

    private string LinkNameOf(Attention need) => need.CauseCase switch
    {
        Attention.CauseOneofCase.StallingRelease => Say("See who stays behind", "Wer zurückbleibt"),
        Attention.CauseOneofCase.HoldingPlatform => Say("What if it is dropped?", "Was, wenn sie wegfällt?"),
        Attention.CauseOneofCase.ClaimRefusals => Say("See the claims", "Ansprüche ansehen"),
        Attention.CauseOneofCase.EndingLicenses => Say("See them", "Lizenzen ansehen"),
        _ => Say("See the server", "Server ansehen"),
    };

    private void Add(string field, Selection selection) => Go(View.Add(new FieldCondition(field, [selection.Key], selection.Exclude)));
}
