using System.CommandLine;
using System.Globalization;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Insights;

/// <summary><c>telemetry quality</c>: how complete and how plausible what is reported is.</summary>
internal sealed class QualityCommand : InsightsVerb
{
    private readonly Option<string[]> _apps = new("--app") { Description = "Only this app, e.g. roomvox." };
    private readonly NumberOption _days = new("--days", 1, 90) { Description = "Over so many days that are over. Default: 7." };

    public QualityCommand(ConnectionOptions connection, CliConsole console)
        : base("quality", "Show how complete and how plausible what is reported is.", connection, console)
    {
        Options.Add(_apps);
        Options.Add(_days);
    }

    protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var days = parsed.GetValue(_days) ?? 7;
        var quality = await ClientOf(channel).GetDataQualityAsync(
            new GetDataQualityRequest { Apps = { (parsed.GetValue(_apps) ?? []).Select(AppName.Parse) }, Days = (uint)days },
            HeadersOf(parsed), cancellationToken: cancellation).ConfigureAwait(false);
        Write(
            parsed, quality, CoverageOf(quality),
            [string.Create(CultureInfo.InvariantCulture,
                $"{quality.Accepted:N0} reports in {days} days; {quality.Installations:N0} installations active in 7 days, the country of {quality.CountryDerived:N0} derived from the timezone.")],
            [.. RefusedOf(quality), .. HoursOf(quality), .. OneShotsOf(quality), .. ClonesOf(quality)]);
        return ExitCodes.Ok;
    }

    private static TextTable CoverageOf(GetDataQualityResponse quality)
    {
        var table = new TextTable(
            new("FIELD"), new("APP"), TableColumn.Number("KNOWN"), TableColumn.Number("OF"), TableColumn.Number("SHARE"), TableColumn.Bar());
        foreach (var field in quality.Coverage)
        {
            table.Add(
                field.Field, field.App, TableCell.Count(field.Known), TableCell.Count(field.Installations),
                TableCell.Share((double)field.Known / field.Installations), TableCell.Bar(field.Known, field.Installations));
        }

        return table;
    }

    private static IEnumerable<string> RefusedOf(GetDataQualityResponse quality)
    {
        var since = string.Create(CultureInfo.InvariantCulture, $"{quality.RefusedSince?.ToDateTimeOffset():yyyy-MM-dd HH:mm}");
        return quality.Refused.Count == 0
            ? ["", $"No report was refused since {since}."]
            : ["", $"Refused since {since}:", .. quality.Refused.Select(rule =>
                string.Create(CultureInfo.InvariantCulture, $"  {rule.Reports,7:N0}  {rule.Field} {rule.Rule}"))];
    }

    private static IEnumerable<string> HoursOf(GetDataQualityResponse quality)
    {
        var largest = quality.Hours.DefaultIfEmpty().Max();
        return largest == 0
            ? []
            : ["", "Reports by hour (UTC):", .. quality.Hours.Select((count, hour) =>
                string.Create(CultureInfo.InvariantCulture, $"  {hour:00}  {count,9:N0}  {TableCell.Bar(count, largest).Text}").TrimEnd())];
    }

    private static IEnumerable<string> OneShotsOf(GetDataQualityResponse quality) =>
        ["", string.Create(CultureInfo.InvariantCulture, $"One-shots of the last {quality.OneShots.Count} days: {quality.OneShots.Aggregate(0UL, (sum, count) => sum + count):N0}.")];

    private static IEnumerable<string> ClonesOf(GetDataQualityResponse quality) => quality.Clones.Count == 0
        ? []
        : ["", "Look like several under one hash:", .. quality.Clones.Select(clone =>
            string.Create(CultureInfo.InvariantCulture, $"  {clone.InstanceId}  {clone.App}: {clone.Field} came back {clone.Returns} times"))];
}
