using System.CommandLine;
using Google.Protobuf;
using Telemetry.Client;
using Telemetry.Client.Licensing;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary>What all verbs of <c>telemetry licenses</c> share: the connection, and answers in words or as JSON.</summary>
internal abstract class LicenseVerb : Command
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default);

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line." };
    private readonly ConnectionOptions _connection;

    protected LicenseVerb(string name, string description, ConnectionOptions connection, CliConsole console)
        : base(name, description)
    {
        _connection = connection;
        Terminal = console;
        Options.Add(connection.Server);
        Options.Add(connection.Token);
        Options.Add(_json);
        SetAction(ConnectAsync);
    }

    protected CliConsole Terminal { get; }

    protected abstract Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation);

    /// <exception cref="CliUsageException">There is no token.</exception>
    protected LicenseAdminClient ClientOf(TelemetryChannel channel, ParseResult parsed) =>
        new(channel, _connection.TokenOf(parsed));

    protected bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    protected void WriteJson(IMessage message) => Terminal.Out.WriteLine(Formatter.Format(message));

    /// <summary>Writes the message as JSON when that was asked for, the lines otherwise.</summary>
    protected void Write(ParseResult parsed, IMessage message, params IEnumerable<string> lines)
    {
        if (IsJson(parsed))
        {
            WriteJson(message);
            return;
        }

        foreach (var line in lines)
        {
            Terminal.Out.WriteLine(line);
        }
    }

    private async Task<int> ConnectAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var channel = _connection.Connect(parsed);
        return await RunAsync(channel, parsed, cancellation).ConfigureAwait(false);
    }
}
