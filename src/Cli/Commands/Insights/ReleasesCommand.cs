using System.CommandLine;
using System.Globalization;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Insights;

/// <summary><c>telemetry releases APP</c>: how an app's releases spread, and who stays behind.</summary>
internal sealed class ReleasesCommand : InsightsVerb
{
    private readonly Argument<string> _app = new("app") { Description = "The app's slug, e.g. roomvox." };
    private readonly PopulationOptions _population = new();
    private readonly DayOption _day = new("--day") { Description = "On this UTC day. Default: the last one that is over." };
    private readonly NumberOption _days = new("--days", 1, 365) { Description = "Steps back within so many days. Default: 60." };

    public ReleasesCommand(ConnectionOptions connection, CliConsole console)
        : base("releases", "Show how an app's releases spread, and who stays behind.", connection, console)
    {
        Arguments.Add(_app);
        foreach (var option in _population.All.Where(option => option.Name != "--app").Concat([_day, _days]))
        {
            Options.Add(option);
        }
    }

    protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var app = AppName.Parse(parsed.GetRequiredValue(_app));
        var releases = await ClientOf(channel).GetReleasesAsync(new GetReleasesRequest
        {
            App = app,
            Filters = { _population.FiltersIn(parsed) },
            Day = _day.In(parsed),
            Days = (uint)(parsed.GetValue(_days) ?? 0),
        }, HeadersOf(parsed), cancellationToken: cancellation).ConfigureAwait(false);
        Write(
            parsed, releases, TableOf(releases),
            [string.Create(CultureInfo.InvariantCulture,
                $"{app} on {DayOption.TextOf(releases.Day)}: {releases.Installations:N0} installations active in 7 days, {releases.Unknown:N0} with an unknown version.")],
            [.. BehindOf(releases), .. DowngradesOf(releases)]);
        return ExitCodes.Ok;
    }

    private static TextTable TableOf(GetReleasesResponse releases)
    {
        var table = new TextTable(
            new("VERSION"), new("FIRST SEEN", Id: "first_seen"), TableColumn.Number("INSTALLATIONS"), TableColumn.Number("SHARE"), TableColumn.Number("OR NEWER"),
            TableColumn.Number("50 % AFTER", "days_to_half"), TableColumn.Number("90 % AFTER", "days_to_ninety_percent"),
            TableColumn.Number("WENT BACK"), TableColumn.Bar());
        var largest = releases.Releases.Select(release => (double)release.Installations).DefaultIfEmpty(0).Max();
        foreach (var release in releases.Releases)
        {
            var first = DayOption.TextOf(release.FirstSeen);
            table.Add(
                release.Version, release.OlderThanKept ? new TableCell("before " + first, first) : first, TableCell.Count(release.Installations),
                TableCell.Share((double)release.Installations / releases.Installations),
                TableCell.Share(release.Adoption.Count > 0 ? release.Adoption[^1] : null),
                DaysOf(release.HasDaysToHalf, release.DaysToHalf), DaysOf(release.HasDaysToNinetyPercent, release.DaysToNinetyPercent),
                TableCell.Count(release.WentBack), TableCell.Bar(release.Installations, largest));
        }

        return table;
    }

    private static TableCell DaysOf(bool isKnown, uint days) => isKnown
        ? new TableCell(string.Create(CultureInfo.InvariantCulture, $"{days} d"), days.ToString(CultureInfo.InvariantCulture))
        : new TableCell("-", "");

    private static IEnumerable<string> BehindOf(GetReleasesResponse releases) => releases.Behind.Count == 0
        ? []
        : ["", "Behind the newest release:", .. releases.Behind.Select(reason => "  " + string.Create(CultureInfo.InvariantCulture, $"{reason.Installations,7:N0}  ")
            + (reason.Field.Length == 0 ? "could update"
                : reason.Has.Length == 0 ? $"do not tell {reason.Field}; it is seen from {reason.Needed} on"
                : $"have {reason.Field} {reason.Has}; it is seen from {reason.Needed} on"))];

    private static IEnumerable<string> DowngradesOf(GetReleasesResponse releases) => releases.Downgrades.Count == 0
        ? []
        : ["", "Went back:", .. releases.Downgrades.Select(step =>
            string.Create(CultureInfo.InvariantCulture, $"  {step.Count,7:N0}  from {step.From} to {step.To}"))];
}
