using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses usage ID</c>: the installations that use a license, and how far.</summary>
internal sealed class UsageCommand : LicenseVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The license's id." };

    public UsageCommand(ConnectionOptions connection, CliConsole console)
        : base("usage", "List the installations that use a license.", connection, console) =>
        Arguments.Add(_id);

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var client = ClientOf(channel, parsed);
        var instances = client.UsageAsync(parsed.GetRequiredValue(_id), cancellation);
        await WriteTableAsync(parsed, LicenseText.UsageHeader, instances, LicenseText.LineOf).ConfigureAwait(false);
        return ExitCodes.Ok;
    }
}
