using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Client.Contract;
using Telemetry.Client.Send;

namespace Telemetry.Cli.Commands;

/// <summary>What all verbs that ask a server share: the connection, and answers in words or as JSON.</summary>
internal abstract class ServerVerb : Command
{
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line." };
    private readonly ConnectionOptions _connection;

    protected ServerVerb(string name, string description, ConnectionOptions connection, CliConsole console)
        : base(name, description)
    {
        _connection = connection;
        Terminal = console;
        Options.Add(connection.Server);
        Options.Add(connection.Token);
        Options.Add(_json);
        SetAction(ActAsync);
    }

    protected CliConsole Terminal { get; }

    /// <summary>What the apps' figures are, as far as this command and the server know; not there without a server.</summary>
    protected UsageTypes Types { get; private set; } = null!;

    protected abstract Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation);

    /// <exception cref="CliUsageException">There is no token.</exception>
    protected string TokenOf(ParseResult parsed) => _connection.TokenOf(parsed);

    protected bool IsServerNamed(ParseResult parsed) => _connection.IsNamed(parsed);

    protected bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    protected void WriteJson(IMessage message) => Terminal.Out.WriteLine(ContractJson.Of(message, name => Types?.Find(name)));

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

    /// <summary>Writes rows as they come, under a header that waits for the server's first answer.</summary>
    /// <param name="parsed">Whether JSON was asked for, which has no header.</param>
    /// <param name="header">The names of the columns.</param>
    /// <param name="rows">What is listed.</param>
    /// <param name="line">A row in words.</param>
    /// <param name="most">At most so many; null: all.</param>
    protected async Task WriteTableAsync<T>(
        ParseResult parsed, string header, IAsyncEnumerable<T> rows, Func<T, string> line, int? most = null)
        where T : IMessage
    {
        var pending = !IsJson(parsed);
        await foreach (var row in rows.Take(most ?? int.MaxValue).ConfigureAwait(false))
        {
            WriteHeader();
            Write(parsed, row, line(row));
        }

        WriteHeader();

        void WriteHeader()
        {
            if (pending)
            {
                Terminal.Out.WriteLine(header);
                pending = false;
            }
        }
    }

    /// <summary>Connects and runs. A verb that can do without a server decides here.</summary>
    protected virtual async Task<int> ActAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var connected = _connection.Connect(parsed);
        using var channel = connected.Through(new AnswerDeadline(connected.Address, Terminal.Time));
        Types = new UsageTypes(channel, Terminal.Time);
        try
        {
            return await RunAsync(channel, parsed, cancellation).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled
            && SendFailures.Explain(e, channel.Address, Terminal.Time.GetUtcNow(), left: false) is SendResult.Unreachable)
        {
            throw new ServerNotReachedException(
                SendFailures.Explain(e, channel.Address, Terminal.Time.GetUtcNow(), left: false), e);
        }
    }
}
