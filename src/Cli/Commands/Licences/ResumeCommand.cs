using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Licences;

/// <summary><c>telemetry licences resume ID</c>: lets a suspended licence count again.</summary>
internal sealed class ResumeCommand : LicenceVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The licence's id." };

    public ResumeCommand(ConnectionOptions connection, CliConsole console)
        : base("resume", "Let a suspended licence count again.", connection, console) =>
        Arguments.Add(_id);

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var license = await ClientOf(channel, parsed).ResumeAsync(parsed.GetRequiredValue(_id), cancellation)
            .ConfigureAwait(false);
        Write(parsed, license, $"Licence {license.LicenseId} ({license.MaskedKey}) counts again.");
        return ExitCodes.Ok;
    }
}
