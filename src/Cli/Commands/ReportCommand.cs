using System.CommandLine;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry report send FILE|-</c>: sends one report and says exactly what happened.</summary>
internal sealed class ReportCommand : Command
{
    private static readonly JsonParser Parser = new(
        JsonParser.Settings.Default.WithTypeRegistry(TypeRegistry.FromMessages(UsageTypes.BuiltIn.Values)));

    private readonly Argument<string> _file = new("file")
    {
        Description = "The report as protobuf JSON (telemetry.v1.Report), or - for standard input.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object, as 'telemetry send --json' has it." };
    private readonly CliConsole _console;
    private readonly ConnectionOptions _connection;

    public ReportCommand(ConnectionOptions connection, CliConsole console)
        : base("report", "Work with reports.")
    {
        _console = console;
        _connection = connection;
        var send = new Command("send", "Send one report.");
        send.Arguments.Add(_file);
        send.Options.Add(connection.Server);
        send.Options.Add(_json);
        send.SetAction(SendAsync);
        Subcommands.Add(send);
    }

    private async Task<int> SendAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var file = parsed.GetRequiredValue(_file);
        var report = Parse(await InputFile.ReadAsync(_console, file, cancellation).ConfigureAwait(false));
        using var channel = _connection.Connect(parsed);
        var result = await new ReportingClient(channel, _console.Time).SendAsync(report, cancellation).ConfigureAwait(false);
        return SendResultText.Print(_console, result, parsed.GetValue(_json));
    }

    private static Report Parse(string json)
    {
        try
        {
            return Parser.Parse<Report>(json);
        }
        catch (InvalidOperationException)
        {
            throw new CliUsageException(
                "The report's usage is of a type that does not come with this command. Send such a report as JSON to the "
                + "server's HTTP port, with POST /v1/reports.");
        }
        catch (Exception e) when (e is InvalidJsonException or InvalidProtocolBufferException)
        {
            throw new CliUsageException($"This is no report in protobuf JSON: {e.Message}");
        }
    }
}
