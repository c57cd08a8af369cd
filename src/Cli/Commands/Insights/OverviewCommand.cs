using System.CommandLine;
using System.Globalization;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Insights;

/// <summary><c>telemetry overview</c>: the state of the fleet, and what needs a person.</summary>
internal sealed class OverviewCommand : InsightsVerb
{
    private const string AllApps = "all";

    private static readonly (string Name, Func<FleetFigures, ComparedCount?> Read)[] Counts =
    [
        ("ACTIVE 1", figures => figures.Active1), ("ACTIVE 7", figures => figures.Active7), ("ACTIVE 30", figures => figures.Active30),
        ("NEW", figures => figures.New), ("RETURNED", figures => figures.Returned), ("SILENT", figures => figures.Silent),
        ("GONE", figures => figures.Gone), ("LOST", figures => figures.Lost), ("KNOWN", figures => figures.Known),
        ("ONE-SHOTS", figures => figures.OneShots),
    ];

    private readonly PopulationOptions _population = new();
    private readonly DayOption _day = new("--day") { Description = "On this UTC day. Default: the last one that is over." };
    private readonly NumberOption _before = new("--before", 1, 800) { Description = "Compared with so many days earlier. Default: 30." };

    public OverviewCommand(ConnectionOptions connection, CliConsole console)
        : base("overview", "Show the state of the fleet, and what needs a person.", connection, console)
    {
        foreach (var option in _population.All.Concat([_day, _before]))
        {
            Options.Add(option);
        }
    }

    protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var days = parsed.GetValue(_before) ?? 30;
        var overview = await ClientOf(channel).GetOverviewAsync(new GetOverviewRequest
        {
            Apps = { _population.AppsIn(parsed) },
            Filters = { _population.FiltersIn(parsed) },
            Day = _day.In(parsed),
            CompareDays = (uint)days,
        }, HeadersOf(parsed), cancellationToken: cancellation).ConfigureAwait(false);
        string[] attention = overview.Attention.Count == 0
            ? ["", "Nothing needs a person."]
            : ["", "Needs a person:", .. overview.Attention.Select(item => $"  {AttentionText.Of(item)}")];
        Write(
            parsed, overview, TableOf(overview),
            [string.Create(CultureInfo.InvariantCulture, $"Installations on {DayOption.TextOf(overview.Day)}; CHANGE: of those active in 7 days, in {days} days.")],
            attention);
        return ExitCodes.Ok;
    }

    private static TextTable TableOf(GetOverviewResponse overview)
    {
        var table = new TextTable([
            new("APP", Id: "app"), .. Counts.Select(count => TableColumn.Number(count.Name)), TableColumn.Number("CHANGE"),
            TableColumn.Number("PEOPLE"), new("NEWEST"), TableColumn.Number("ON IT")]);
        table.Add(RowOf(AllApps, overview.Figures, "", ""));
        foreach (var app in overview.Apps)
        {
            var active = app.Figures.Active7?.Value ?? 0;
            table.Add(RowOf(
                app.App, app.Figures, app.NewestVersion, active == 0 ? TableCell.Share(null) : TableCell.Share((double)app.OnNewestVersion / active)));
        }

        return table;
    }

    private static TableCell[] RowOf(string name, FleetFigures figures, TableCell newest, TableCell onIt) =>
    [
        name, .. Counts.Select(count => TableCell.Count(count.Read(figures)?.Value)),
        TableCell.Change(figures.Active7?.Value ?? 0, figures.Active7 is { HasPrevious: true } active ? active.Previous : null),
        TableCell.Count(figures.People), newest, onIt,
    ];
}

/// <summary>What needs a person, in a sentence.</summary>
internal static class AttentionText
{
    public static string Of(Attention item)
    {
        var culture = CultureInfo.InvariantCulture;
        var mark = item.Severity switch
        {
            Attention.Types.Severity.Problem => "problem",
            Attention.Types.Severity.Warning => "warning",
            _ => "notice",
        };
        return $"{mark,-8} " + (item.CauseCase switch
        {
            Attention.CauseOneofCase.StallingRelease => Of(item.StallingRelease),
            Attention.CauseOneofCase.HoldingPlatform => string.Create(culture,
                $"{item.HoldingPlatform.Installations:N0} installations of {item.HoldingPlatform.App} have {item.HoldingPlatform.Field} {item.HoldingPlatform.Value} or older, where {item.HoldingPlatform.Version} does not run."),
            Attention.CauseOneofCase.ClaimRefusals => string.Create(culture,
                $"{item.ClaimRefusals.Installations:N0} installations had their claim refused, {item.ClaimRefusals.WithReason:N0} of them as {EventText.NameOf(item.ClaimRefusals.Reason)}; {item.ClaimRefusals.PerDayBefore:N1} a day in the week before."),
            Attention.CauseOneofCase.EndingLicenses => string.Create(culture,
                $"{item.EndingLicenses.Licenses} licenses end within 14 days, the first on {DayOption.TextOf(item.EndingLicenses.FirstEnd)}."),
            Attention.CauseOneofCase.FillingDisk => string.Create(culture, $"{item.FillingDisk.Used:P0} of the disk is used")
                + (item.FillingDisk.HasDaysLeft ? string.Create(culture, $"; at this pace it is full in {item.FillingDisk.DaysLeft} days.") : "."),
            _ => "something that this command does not know; update it.",
        });
    }

    private static string Of(StallingRelease release) => string.Create(CultureInfo.InvariantCulture,
        $"{release.App} {release.Version} does not spread: {release.Share * 100:N0} % have it after {release.Days} days; {release.EarlierVersion} had {release.EarlierShare * 100:N0} % by then.");
}
