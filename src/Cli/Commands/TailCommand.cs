using System.CommandLine;
using Google.Protobuf;
using Telemetry.Client.Admin;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry tail</c>: follows every accepted report, through restarts of the server.</summary>
internal sealed class TailCommand : Command
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line." };
    private readonly Option<string?> _after = new("--after") { Description = "Resume after EPOCH:NUMBER." };
    private readonly Option<bool> _beginning = new("--from-beginning") { Description = "Start with the oldest event." };
    private readonly Option<string?> _state = new("--state")
    {
        Description = "Keep the position in this file, and resume from it the next time.",
    };

    private readonly NumberOption _limit = new("--limit") { Description = "Stop after so many events." };
    private readonly Option<string[]> _apps = new("--app") { Description = "Only this app, e.g. roomvox." };
    private readonly Option<string[]> _kinds = new("--kind") { Description = "Only this kind, e.g. instance-discovered." };
    private readonly Option<string[]> _countries = new("--country") { Description = "Only this country, e.g. DE." };
    private readonly Option<string[]> _versions = new("--app-version") { Description = "Only this app version." };
    private readonly Option<string[]> _verdicts = new("--verdict") { Description = "Only this verdict, e.g. unverified." };
    private readonly CliConsole _console;
    private readonly ConnectionOptions _connection;

    public TailCommand(ConnectionOptions connection, CliConsole console)
        : base("tail", "Follow accepted reports live.")
    {
        _console = console;
        _connection = connection;
        Option[] options =
        [
            connection.Server, connection.Token, _json, _after, _beginning, _state, _limit, _apps, _kinds, _countries,
            _versions, _verdicts,
        ];
        foreach (var option in options)
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var state = parsed.GetValue(_state) is { } path ? new PositionFile(path) : null;
        var request = RequestOf(parsed, state);
        using var channel = _connection.Connect(parsed);
        var client = new FeedClient(channel, _connection.TokenOf(parsed));
        client.Interrupted += (_, reason) => _console.Error.WriteLine($"Connection lost, trying again: {reason}");
        var left = parsed.GetValue(_limit) ?? int.MaxValue;
        FeedPosition? last = null;
        try
        {
            await foreach (var message in client.FollowAsync(request, cancellation).ConfigureAwait(false))
            {
                Show(message, parsed.GetValue(_json));
                last = message.Event?.Position ?? message.Heartbeat?.Position ?? message.CaughtUp?.Position ?? last;
                if (last is not null)
                {
                    state?.Write(EventText.Of(last));
                }

                if (message.Event is not null && --left <= 0)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C is the ordinary end.
        }

        if (last is not null && state is null && left > 0)
        {
            _console.Error.WriteLine($"To go on from here: telemetry tail --after {EventText.Of(last)}");
        }

        return ExitCodes.Ok;
    }

    private void Show(StreamEventsResponse message, bool json)
    {
        switch (message.MessageCase)
        {
            case StreamEventsResponse.MessageOneofCase.Event:
                _console.Out.WriteLine(json ? Json.Format(message.Event) : EventText.LineOf(message.Event));
                _console.Out.Flush();
                break;
            case StreamEventsResponse.MessageOneofCase.FellBehind:
                _console.Error.WriteLine($"Fell behind by {message.FellBehind.Behind} events; catching up.");
                break;
            case StreamEventsResponse.MessageOneofCase.Gap:
                _console.Error.WriteLine(
                    $"Events {message.Gap.FromNumber} to {message.Gap.ToNumber} are no longer kept.");
                break;
        }
    }

    private StreamEventsRequest RequestOf(ParseResult parsed, PositionFile? state)
    {
        var request = new StreamEventsRequest
        {
            Filter = new EventFilter
            {
                Apps = { (parsed.GetValue(_apps) ?? []).Select(name => EventText.Parse<App>("--app", name)) },
                Kinds = { (parsed.GetValue(_kinds) ?? []).Select(name => EventText.Parse<EventKind>("--kind", name)) },
                Countries = { parsed.GetValue(_countries) ?? [] },
                AppVersions = { parsed.GetValue(_versions) ?? [] },
                Verdicts =
                {
                    (parsed.GetValue(_verdicts) ?? []).Select(name => EventText.Parse<ClaimVerdict>("--verdict", name)),
                },
            },
        };
        if ((parsed.GetValue(_after) ?? state?.Read()) is { } position)
        {
            request.After = EventText.ParsePosition(position);
        }
        else if (parsed.GetValue(_beginning))
        {
            request.Beginning = new();
        }

        return request;
    }
}
