using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses revoke ID --yes</c>: lets a license never count again.</summary>
internal sealed class RevokeCommand : LicenseVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The license's id." };
    private readonly Option<bool> _yes = new("--yes") { Description = "Revoke it, for good." };

    public RevokeCommand(ConnectionOptions connection, CliConsole console)
        : base("revoke", "Let a license never count again. Cannot be undone.", connection, console)
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
                "A revoked license never counts again; this cannot be undone. To revoke it all the same, add --yes. "
                + $"To stop it for the time being: telemetry licenses suspend {id}");
        }

        var license = await ClientOf(channel, parsed).RevokeAsync(id, cancellation).ConfigureAwait(false);
        Write(parsed, license, $"License {license.LicenseId} ({license.MaskedKey}) never counts again.");
        return ExitCodes.Ok;
    }
}
