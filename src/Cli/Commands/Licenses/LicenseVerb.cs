using System.CommandLine;
using Telemetry.Client;
using Telemetry.Client.Licensing;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary>What all verbs of <c>telemetry licenses</c> share.</summary>
internal abstract class LicenseVerb(string name, string description, ConnectionOptions connection, CliConsole console)
    : ServerVerb(name, description, connection, console)
{
    /// <exception cref="CliUsageException">There is no token.</exception>
    protected LicenseAdminClient ClientOf(TelemetryChannel channel, ParseResult parsed) => new(channel, TokenOf(parsed));
}
