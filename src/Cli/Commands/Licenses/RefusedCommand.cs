using System.CommandLine;
using System.Globalization;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses refused</c>: how many installations claim what no license covers.</summary>
internal sealed class RefusedCommand(ConnectionOptions connection, CliConsole console)
    : LicenseVerb("refused", "Count the installations whose latest claim was refused.", connection, console)
{
    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var counts = await ClientOf(channel, parsed).RefusedClaimsAsync(cancellation).ConfigureAwait(false);
        if (!IsJson(parsed))
        {
            Terminal.Out.WriteLine($"{"APP",-12} {"REASON",-16} {"INSTALLATIONS",13}");
        }

        foreach (var count in counts)
        {
            Write(parsed, count, string.Create(CultureInfo.InvariantCulture,
                $"{count.App,-12} {EventText.NameOf(count.Reason),-16} {count.Installations,13}"));
        }

        return ExitCodes.Ok;
    }
}
