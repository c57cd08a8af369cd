using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Licences;

/// <summary><c>telemetry licences revoke ID --yes</c>: lets a licence never count again.</summary>
internal sealed class RevokeCommand : LicenceVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The licence's id." };
    private readonly Option<bool> _yes = new("--yes") { Description = "Revoke it, for good." };

    public RevokeCommand(ConnectionOptions connection, CliConsole console)
        : base("revoke", "Let a licence never count again. Cannot be undone.", connection, console)
    {
        Arguments.Add(_id);
        Options.Add(_yes);
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var id = parsed.GetRequiredValue(_id);
        if (!parsed.GetValue(_yes))
        {
            throw new CliUsageException(
                "A revoked licence never counts again; this cannot be undone. To revoke it all the same, add --yes. "
                + $"To stop it for the time being: telemetry licences suspend {id}");
        }

        var license = await ClientOf(channel, parsed).RevokeAsync(id, cancellation).ConfigureAwait(false);
        Write(parsed, license, $"Licence {license.LicenseId} ({license.MaskedKey}) never counts again.");
        return ExitCodes.Ok;
    }
}
