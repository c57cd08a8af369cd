using System.CommandLine;
using Telemetry.Client;
using Telemetry.Client.Licensing;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses root-key</c>: the public key that a vendor builds into an app.</summary>
internal sealed class RootKeyCommand(ConnectionOptions connection, CliConsole console)
    : LicenseVerb("root-key", "Print the public root key in PEM. Needs no token.", connection, console)
{
    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var keys = await LicenseAdminClient.GetSigningKeysAsync(channel, cancellation).ConfigureAwait(false);
        if (keys.Root is not { } root)
        {
            Terminal.Error.WriteLine("The server has no root key.");
            return ExitCodes.Refused;
        }

        // The PEM alone goes to the output, so that it can be sent to a file.
        Write(parsed, root, root.PublicKeyPem.TrimEnd());
        Terminal.Error.WriteLine(
            $"Root key {root.KeyId}. Build it into an app only if you trust the connection over which it came.");
        return ExitCodes.Ok;
    }
}
