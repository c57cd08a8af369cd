using System.CommandLine;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses rotate-key</c>: makes the server sign with a new key.</summary>
internal sealed class RotateKeyCommand(ConnectionOptions connection, CliConsole console)
    : LicenseVerb("rotate-key", "Sign with a new key from now on, and print its id.", connection, console)
{
    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var id = await ClientOf(channel, parsed).RotateSigningKeyAsync(cancellation).ConfigureAwait(false);
        Write(parsed, new RotateSigningKeyResponse { KeyId = id }, id);
        return ExitCodes.Ok;
    }
}
