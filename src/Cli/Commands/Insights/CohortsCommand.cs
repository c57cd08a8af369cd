using System.CommandLine;
using System.Globalization;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Insights;

/// <summary><c>telemetry cohorts</c>: how many of those that first reported in a month still report.</summary>
internal sealed class CohortsCommand : InsightsVerb
{
    private const int DaysPerColumn = 30;

    private readonly PopulationOptions _population = new();
    private readonly NumberOption _months = new("--months", 1, 24) { Description = "So many months. Default: 12." };

    public CohortsCommand(ConnectionOptions connection, CliConsole console)
        : base("cohorts", "Show how many of those that first reported in a month still report.", connection, console)
    {
        foreach (var option in _population.All.Append(_months))
        {
            Options.Add(option);
        }
    }

    protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var cohorts = await ClientOf(channel).GetCohortsAsync(new GetCohortsRequest
        {
            Apps = { _population.AppsIn(parsed) },
            Filters = { _population.FiltersIn(parsed) },
            Months = (uint)(parsed.GetValue(_months) ?? 0),
        }, HeadersOf(parsed), cancellationToken: cancellation).ConfigureAwait(false);
        Write(parsed, cohorts, TableOf(cohorts), ["Installations by month of first report; share active in 30 days so many days later, of those for whom that day has come."], []);
        return ExitCodes.Ok;
    }

    private static TextTable TableOf(GetCohortsResponse cohorts)
    {
        var columns = cohorts.Cohorts.Select(cohort => cohort.Survival.Count).DefaultIfEmpty(0).Max();
        var table = new TextTable([
            new("MONTH"), TableColumn.Number("INSTALLATIONS"),
            .. Enumerable.Range(1, columns).Select(column => TableColumn.Number(
                string.Create(CultureInfo.InvariantCulture, $"{column * DaysPerColumn} D"), string.Create(CultureInfo.InvariantCulture, $"day_{column * DaysPerColumn}")))]);
        foreach (var cohort in cohorts.Cohorts)
        {
            table.Add([
                DayOption.TextOf(cohort.Month)[..7], TableCell.Count(cohort.Installations),
                .. Enumerable.Range(0, columns).Select(column => column < cohort.Survival.Count && cohort.Survival[column] is { Eligible: > 0 } survival
                    ? TableCell.Share((double)survival.Active / survival.Eligible)
                    : new TableCell("", ""))]);
        }

        return table;
    }
}
