using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Shell;

namespace Telemetry.Dashboard.Pages;

/// <summary>How an app's releases spread, and who stays behind.</summary>
public sealed partial class Releases : Page
{
    private const string AppVersion = "app_version";
    private const int Curve = 60;
    private const int Months = 6;

    private Question<GetReleasesRequest, GetReleasesResponse> _releases = null!;
    private Question<QueryRequest, QueryResponse> _lines = null!;
    private Question<GetCohortsRequest, GetCohortsResponse> _cohorts = null!;

    /// <summary>Releases are those of one app: the one chosen, else the first.</summary>
    private string App => View.App ?? Catalog.FirstApp ?? "";

    private string AppName => Names.Value("app", App);

    private Release? Newest => _releases.Answer is { Releases: [var newest, ..] } ? newest : null;

    private PanelState? NoReleases => _releases.Answer is { Releases.Count: 0 }
        ? View.Filters.Count > 0 ? PanelState.EmptyByFilter(Say("These filters leave no installation with a version.", "Diese Filter lassen keine Installation mit einer Version übrig."))
        : PanelState.Empty(Say($"No installation of {AppName} was active in 7 days.", $"Keine Installation von {AppName} war in 7 Tagen aktiv.")) : null;

    private PanelState? NobodyBehind => _releases.Answer is { Behind.Count: 0 } ? PanelState.Empty(Say("Nobody is behind the newest release.", "Niemand ist hinter dem neuesten Release.")) : null;

    private PanelState? NoCohorts => _cohorts.Answer is { } answer && answer.Cohorts.All(cohort => cohort.Installations == 0)
        ? PanelState.Empty(Say("No installation is 30 days old yet.", "Noch ist keine Installation 30 Tage alt.")) : null;

    private IEnumerable<Release> Curves => (_releases.Answer?.Releases ?? []).Where(release => !release.OlderThanKept && release.Adoption.Count > 1).Take(5);

    private Axis AdoptionAxis => Axis.Numbered(Say("Days since first seen", "Tage seit dem ersten Auftauchen"), Curve + 1,
        day => Say($"day {day}", $"Tag {day}"), day => day == 0 ? Say("first seen", "Tag 0") : day.ToString(System.Globalization.CultureInfo.InvariantCulture), 15);

    private IReadOnlyList<Series> Adoption =>
    [
        .. Curves.Select((release, i) => new Series(release.Version,
            [.. Enumerable.Range(0, Curve + 1).Select(day => day < release.Adoption.Count && !double.IsNaN(release.Adoption[day]) ? release.Adoption[day] : (double?)null)])
        {
            Kind = i == 0 ? SeriesKind.Category : SeriesKind.Context,
        }),
    ];

    private IReadOnlyList<Level> Levels => [new(0.5, Say("half", "die Hälfte")), new(0.9, Say("nine in ten", "neun von zehn"))];

    private IReadOnlyList<Bar> Behind =>
    [
        .. (_releases.Answer?.Behind ?? []).Select(reason => new Bar(NameOf(reason), reason.Installations)
        {
            Kind = reason.Field.Length == 0 ? BarKind.Ordinary : reason.Has.Length == 0 ? BarKind.Unknown : BarKind.Out,
        }),
    ];

    private Matrix Survival
    {
        get
        {
            var cohorts = _cohorts.Answer!.Cohorts.Where(cohort => cohort.Installations > 0).ToArray();
            return new(Say("First report", "Erster Bericht"), Say("Months later", "Monate später"),
                [.. cohorts.Select(cohort => new MatrixLabel(Formats.Month(cohort.Month.ToDay()), Size: cohort.Installations))],
                [.. Enumerable.Range(1, Months).Select(month => new MatrixLabel(month.ToString(System.Globalization.CultureInfo.InvariantCulture)))],
                [.. cohorts.Select(IReadOnlyList<double?> (cohort) => [.. Enumerable.Range(0, Months).Select(month => month < cohort.Survival.Count && cohort.Survival[month].Eligible > 0
                    ? cohort.Survival[month].Active / (double)cohort.Survival[month].Eligible : (double?)null)])]);
        }
    }

    private IReadOnlyList<Column<Release>> Columns =>
    [
        new("Release") { Text = row => row.Version, Href = row => $"/installations?app={App}&is=app_version:{row.Version}" },
        new(Say("First seen", "Zuerst gesehen")) { Sort = "first", Value = row => row.FirstSeen?.ToDay(), Text = row => row.OlderThanKept ? Say("before the first day kept", "vor dem ersten aufbewahrten Tag") : row.FirstSeen is { } day ? Formats.Day(day.ToDay()) : null },
        new(Say("Active", "Aktiv")) { Explanation = Say("Installations active in 7 days whose latest report has the release.", "In 7 Tagen aktive Installationen, deren letzter Bericht das Release hat."), Numeric = true, Sort = "installations", Value = row => row.Installations },
        new(Say("Share", "Anteil")) { Numeric = true, Sort = "share", Explanation = Say("Of all installations of the app active in 7 days.", "Von allen in 7 Tagen aktiven Installationen der App."), Value = row => _releases.Answer!.Installations == 0 ? null : row.Installations / (double)_releases.Answer.Installations, Text = row => Formats.Share(row.Installations, _releases.Answer!.Installations) },
        OnDay(7), OnDay(14), OnDay(30),
        new(Say("Days to 50%", "Tage bis 50 %")) { Numeric = true, Sort = "half", Value = row => HasHalf(row) ? row.DaysToHalf : null, Text = row => HasHalf(row) ? Formats.Count(row.DaysToHalf) : NotYet(row) },
        new(Say("Days to 90%", "Tage bis 90 %")) { Numeric = true, Sort = "ninety", Value = row => HasNinety(row) ? row.DaysToNinetyPercent : null, Text = row => HasNinety(row) ? Formats.Count(row.DaysToNinetyPercent) : NotYet(row) },
        new(Say("Went back", "Zurück")) { Numeric = true, Explanation = Say("Installations that had the release and then an older one.", "Installationen, die das Release hatten und danach ein älteres."), Sort = "back", Value = row => row.WentBack },
    ];

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _releases = Ask<GetReleasesRequest, GetReleasesResponse>(Fleet.Insights.GetReleasesAsync);
        _lines = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
        _cohorts = Ask<GetCohortsRequest, GetCohortsResponse>(Fleet.Insights.GetCohortsAsync);
    }

    protected override Task AskAsync()
    {
        if (App.Length == 0)
        {
            return Task.CompletedTask;
        }

        var population = (View with { App = App, Window = 7 }).ToPopulation();
        return Task.WhenAll(
            _releases.AskAsync(new GetReleasesRequest { App = App, Filters = { population.Filters }, Days = Curve }),
            _lines.AskAsync(new QueryRequest { Population = population, GroupBy = { new Contracts.V1.Dimension { Field = AppVersion, VersionParts = 2 } }, Days = (uint)View.Days, Top = 5 }),
            _cohorts.AskAsync(new GetCohortsRequest { Apps = { App }, Filters = { population.Filters }, Months = 12 }));
    }

    // From before the first day kept, nobody knows how long it took.
    private static bool HasHalf(Release row) => row.HasDaysToHalf && !row.OlderThanKept;

    private static bool HasNinety(Release row) => row.HasDaysToNinetyPercent && !row.OlderThanKept;

    private Column<Release> OnDay(int day) => new(Say($"Day {day}", $"Tag {day}"))
    {
        Numeric = true,
        Explanation = Say($"Share that had the release or a later one {day} days after it was first seen.", $"Anteil mit diesem oder einem späteren Release, {day} Tage nach dem ersten Auftauchen."),
        Value = row => row.OlderThanKept || row.Adoption.Count <= day || double.IsNaN(row.Adoption[day]) ? null : row.Adoption[day],
        Text = row => row.OlderThanKept || row.Adoption.Count <= day ? NotYet(row) : Formats.Share(row.Adoption[day]),
    };

    private string NotYet(Release row) => row.OlderThanKept ? Formats.Nothing : Words.NotYet;

    private string NameOf(BehindReason reason) => reason switch
    {
        { Field.Length: 0 } => Say("could update", "könnten aktualisieren"),
        { Has.Length: 0 } => Say($"{Names.Field(reason.Field)} unknown", $"{Names.Field(reason.Field)} unbekannt"),
        _ => Say($"{Names.Field(reason.Field)} {reason.Has} or older", $"{Names.Field(reason.Field)} {reason.Has} oder älter"),
    };
}
