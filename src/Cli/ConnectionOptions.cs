using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli;

/// <summary>The options of every command that talks to a server: which one, and with which token.</summary>
internal sealed class ConnectionOptions(CliConsole console)
{
    private const string ServerVariable = "TELEMETRY_SERVER";
    private const string TokenVariable = "TELEMETRY_TOKEN";
    private const string DefaultServer = "http://127.0.0.1:8081";

    public Option<string?> Server { get; } = new("--server")
    {
        Description = $"The server's gRPC address. Default: ${ServerVariable}, else {DefaultServer}.",
    };

    public Option<string?> Token { get; } = new("--token")
    {
        Description = $"A token with the scope that the command needs. Better in ${TokenVariable}, where other users of the machine cannot see it.",
    };

    /// <summary>Whether somebody said which server; commands that can do without one ask none otherwise.</summary>
    /// <exception cref="CliUsageException">What was said is empty.</exception>
    public bool IsNamed(ParseResult parsed) => ValueOf(parsed, Server, ServerVariable) is not null;

    /// <exception cref="CliUsageException">The address is none.</exception>
    public TelemetryChannel Connect(ParseResult parsed)
    {
        var text = ValueOf(parsed, Server, ServerVariable) ?? DefaultServer;
        return Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address is { Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/", Fragment: "" }
            ? TelemetryChannel.For(address)
            : throw new CliUsageException($"'{text}' is no address such as {DefaultServer} or https://host:8443.");
    }

    /// <exception cref="CliUsageException">There is none.</exception>
    public string TokenOf(ParseResult parsed)
    {
        var token = ValueOf(parsed, Token, TokenVariable)?.Trim() ?? throw new CliUsageException(
            $"This command needs a token: set {TokenVariable}, or give --token. "
            + "The server prints the first one when it starts for the first time.");
        return token.All(letter => letter is > ' ' and < '\x7f')
            ? token
            : throw new CliUsageException("The token holds characters that no token has. Give it as the server printed it.");
    }

    /// <summary>An option or the variable behind it. An empty one is told: most likely another variable in it was not set.</summary>
    private string? ValueOf(ParseResult parsed, Option<string?> option, string variable)
    {
        var (name, value) = parsed.GetValue(option) is { } given ? (option.Name, given) : (variable, console.Variable(variable));
        return value is not null && string.IsNullOrWhiteSpace(value)
            ? throw new CliUsageException($"{name} is empty.")
            : value;
    }
}
