using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli;

/// <summary>The options that every command has: which server, and with which token.</summary>
internal sealed class ConnectionOptions
{
    private const string DefaultServer = "http://127.0.0.1:8081";

    public Option<string?> Server { get; } = new("--server")
    {
        Description = $"The server's gRPC address. Default: $TELEMETRY_SERVER, else {DefaultServer}.",
    };

    public Option<string?> Token { get; } = new("--token")
    {
        Description = "An admin token. Better in $TELEMETRY_TOKEN, where other users of the machine cannot see it.",
    };

    /// <exception cref="CliUsageException">The address is none.</exception>
    public TelemetryChannel Connect(ParseResult parsed)
    {
        var text = parsed.GetValue(Server) ?? Environment.GetEnvironmentVariable("TELEMETRY_SERVER") ?? DefaultServer;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? TelemetryChannel.For(new Uri(text))
            : throw new CliUsageException($"'{text}' is no address such as {DefaultServer} or https://host:8443.");
    }

    /// <exception cref="CliUsageException">There is none.</exception>
    public string TokenOf(ParseResult parsed) =>
        parsed.GetValue(Token) ?? Environment.GetEnvironmentVariable("TELEMETRY_TOKEN")
        ?? throw new CliUsageException(
            "This command needs an admin token: set TELEMETRY_TOKEN, or give --token. "
            + "The server prints the first one when it starts for the first time.");
}
