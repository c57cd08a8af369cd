using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses resume ID</c>: lets a suspended license count again.</summary>
internal sealed class ResumeCommand : LicenseVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The license's id." };

    public ResumeCommand(ConnectionOptions connection, CliConsole console)
        : base("resume", "Let a suspended license count again.", connection, console) =>
        Arguments.Add(_id);

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var license = await ClientOf(channel, parsed).ResumeAsync(parsed.GetRequiredValue(_id), cancellation)
            .ConfigureAwait(false);
        Write(parsed, license, $"License {license.LicenseId} ({license.MaskedKey}) counts again.");
        return ExitCodes.Ok;
    }
}
