using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses suspend ID</c>: lets a license not count for the time being.</summary>
internal sealed class SuspendCommand : LicenseVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The license's id." };

    public SuspendCommand(ConnectionOptions connection, CliConsole console)
        : base("suspend", "Let a license not count for the time being.", connection, console) =>
        Arguments.Add(_id);

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var license = await ClientOf(channel, parsed).SuspendAsync(parsed.GetRequiredValue(_id), cancellation)
            .ConfigureAwait(false);
        Write(parsed, license, $"License {license.LicenseId} ({license.MaskedKey}) does not count until it is resumed.");
        return ExitCodes.Ok;
    }
}
