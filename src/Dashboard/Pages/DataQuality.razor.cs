using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Shell;

namespace Telemetry.Dashboard.Pages;

/// <summary>How complete and how plausible what is reported is.</summary>
public sealed partial class DataQuality : Page
{
    private const int MostRules = 12;

    private Question<GetDataQualityRequest, GetDataQualityResponse> _quality = null!;
    private Question<QueryRequest, QueryResponse> _sources = null!;

    private int Days => Address["days"] is not null && View.Days <= 90 ? View.Days : 7;

    private IReadOnlyList<(string Value, string Name)> Lengths => [.. new[] { 7, 30, 90 }.Select(days => (Formats.Count(days), Formats.Count(days)))];

    private string RefusedSince => _quality.Answer is { } answer
        ? Say($"Counted since {Formats.FullMoment(answer.RefusedSince.ToDateTimeOffset())}, when the server started", $"Gezählt seit {Formats.FullMoment(answer.RefusedSince.ToDateTimeOffset())}, dem Start des Servers") : "";

    private PanelState? NoneRefused => _quality.Answer is { Refused.Count: 0 } ? PanelState.Empty(Say("No report was refused since the server started.", "Kein Bericht wurde seit dem Start des Servers abgelehnt.")) : null;

    private PanelState? NoneAccepted => _quality.Answer is { } answer && answer.Hours.All(hour => hour == 0) && answer.Installations == 0
        ? PanelState.Empty(Say("No report was accepted in this time.", "In dieser Zeit wurde kein Bericht angenommen.")) : null;

    private PanelState? NoClones => _quality.Answer is { Clones.Count: 0 } ? PanelState.Empty(Say("No installation looks like several.", "Keine Installation sieht nach mehreren aus.")) : null;

    private IReadOnlyList<Bar> Refused
    {
        get
        {
            var rules = _quality.Answer!.Refused;
            return
            [
                .. rules.Take(MostRules).Select(rule => new Bar(rule.Field.Length == 0 ? rule.Rule : $"{rule.Field}: {rule.Rule}", rule.Reports) { Kind = BarKind.Out }),
                .. rules.Count > MostRules ? [new Bar(Words.MoreValues(rules.Count - MostRules), rules.Skip(MostRules).Sum(rule => (double)rule.Reports)) { Kind = BarKind.Rest }] : Array.Empty<Bar>(),
            ];
        }
    }

    private IReadOnlyList<Series> Hours => [Series.Of(Say("reports", "Berichte"), (_quality.Answer?.Hours ?? []).Select(hour => (double)hour))];

    /// <summary>What each hour would have if reports were spread evenly.</summary>
    private IReadOnlyList<Level> Even => _quality.Answer is { } answer && answer.Hours.Sum(hour => (double)hour) is > 0 and var sum ? [new(sum / 24, Say("an even spread", "gleichmäßig"))] : [];

    private DateOnly FirstOneShot => Moments.DayOf(_quality.Answer!.Time.ToDateTimeOffset()).AddDays(1 - _quality.Answer.OneShots.Count);

    private Axis OneShotAxis => Axis.Days(Words, FirstOneShot, _quality.Answer!.OneShots.Count);

    private IReadOnlyList<Series> OneShots => [Series.Of(Say("one-shots", "nur einmal"), _quality.Answer!.OneShots.Select(count => (double)count))];

    private Matrix Coverage
    {
        get
        {
            var coverage = _quality.Answer!.Coverage;
            var apps = coverage.Select(cell => cell.App).Distinct().Order(StringComparer.Ordinal).ToArray();
            // What all apps report, and of the apps' own fields those that some leave out.
            var fields = coverage.GroupBy(cell => cell.Field)
                .Where(told => !told.Key.StartsWith("usage.", StringComparison.Ordinal) || told.Any(cell => cell.Known < cell.Installations))
                .OrderBy(told => told.Sum(cell => (double)cell.Known) / Math.Max(1, told.Sum(cell => (double)cell.Installations)))
                .ToArray();
            return new(Say("Field", "Feld"), "App",
                [.. fields.Select(told => new MatrixLabel(Names.Field(told.Key), told.Key))],
                [.. apps.Select(app => new MatrixLabel(Names.Value("app", app), app))],
                [.. fields.Select(IReadOnlyList<double?> (told) => [.. apps.Select(app => told.FirstOrDefault(cell => cell.App == app) is { Installations: > 0 } cell
                    ? cell.Known / (double)cell.Installations : (double?)null)])]);
        }
    }

    private IReadOnlyList<Column<PossibleClone>> CloneColumns =>
    [
        new(Say("Installation", "Installation")) { Mono = true, Text = row => row.InstanceId[..8], Raw = row => row.InstanceId, Href = row => $"/installations/{row.InstanceId}?app={row.App}" },
        new("App") { Text = row => Names.Value("app", row.App) },
        new(Say("Field", "Feld")) { Text = row => Names.Field(row.Field) },
        new(Say("Returns", "Wechsel")) { Explanation = Say("How often the field went back to a value it had before, in 30 days.", "Wie oft das Feld in 30 Tagen zu einem früheren Wert zurückkehrte."), Numeric = true, Sort = "returns", Value = row => row.Returns },
    ];

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _quality = Ask<GetDataQualityRequest, GetDataQualityResponse>(Fleet.Insights.GetDataQualityAsync);
        _sources = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
    }

    protected override Task AskAsync() => Task.WhenAll(
        _quality.AskAsync(new GetDataQualityRequest { Apps = { View.Apps }, Days = (uint)Days }),
        _sources.AskAsync(new QueryRequest
        {
            Population = new Population { Apps = { View.Apps }, Activity = Activity.Active },
            GroupBy = { new Contracts.V1.Dimension { Field = "country_source" } },
        }));
}
