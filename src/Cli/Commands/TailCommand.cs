using System.CommandLine;
using Telemetry.Client;
using Telemetry.Client.Admin;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry tail</c>: follows every accepted report, through restarts of the server.</summary>
internal sealed class TailCommand : ServerVerb
{
    private readonly Option<string?> _after = new("--after") { Description = "Resume after this position, as an interrupted tail prints it." };
    private readonly Option<bool> _beginning = new("--from-beginning") { Description = "Start with the oldest event." };
    private readonly MomentOption _since = new("--since") { Description = "Start with the first event at or after this time, e.g. 2026-05-01T12:00Z." };
    private readonly Option<string?> _state = new("--state")
    {
        Description = "Keep the position in this file, and resume from it the next time.",
    };

    private readonly NumberOption _limit = new("--limit", 1, int.MaxValue) { Description = "Stop after so many events." };
    private readonly Option<string[]> _apps = new("--app") { Description = "Only this app, e.g. roomvox." };
    private readonly Option<string[]> _kinds = new("--kind") { Description = "Only this kind, e.g. instance-discovered." };
    private readonly Option<string[]> _countries = new("--country") { Description = "Only this country, e.g. DE." };
    private readonly Option<string[]> _versions = new("--app-version") { Description = "Only this app version." };
    private readonly Option<string[]> _verdicts = new("--verdict") { Description = "Only this verdict, e.g. unverified." };

    public TailCommand(ConnectionOptions connection, CliConsole console)
        : base("tail", "Follow accepted reports live.", connection, console)
    {
        Option[] options = [_after, _beginning, _since, _state, _limit, _apps, _kinds, _countries, _versions, _verdicts];
        foreach (var option in options)
        {
            Options.Add(option);
        }
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var state = parsed.GetValue(_state) is { } path ? new PositionFile(path) : null;
        var request = RequestOf(parsed, state);
        var client = new FeedClient(channel, TokenOf(parsed));
        client.Interrupted += (_, reason) => Terminal.Error.WriteLine($"Connection lost, trying again: {reason}");
        // What was never reached is told; only what was lost is tried again.
        await ServerProbe.FieldListVersionAsync(channel, Terminal.Time, cancellation).ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Terminal.OutputClosed);
        var left = parsed.GetValue(_limit);
        string? last = null;
        try
        {
            await foreach (var message in client.FollowAsync(request, either.Token).ConfigureAwait(false))
            {
                await Types.LearnAsync(message.Event?.Report?.Report?.Usage, either.Token).ConfigureAwait(false);
                Show(message, IsJson(parsed));
                last = (message.Event?.Position ?? message.Heartbeat?.Position ?? message.CaughtUp?.Position)?.Cursor ?? last;
                if (last is not null)
                {
                    state?.Write(last);
                }

                if (message.Event is not null && --left <= 0)
                {
                    return ExitCodes.Ok;
                }
            }
        }
        catch (OperationCanceledException) when (Terminal.OutputClosed.IsCancellationRequested)
        {
            throw new OutputClosedException();
        }
        catch (OperationCanceledException) when (last is not null && state is null)
        {
            Terminal.Error.WriteLine($"To go on from here: telemetry tail --after {last}");
            throw;
        }

        return ExitCodes.Ok;
    }

    private void Show(StreamEventsResponse message, bool json)
    {
        switch (message.MessageCase)
        {
            case StreamEventsResponse.MessageOneofCase.Event when json:
                WriteJson(message.Event);
                break;
            case StreamEventsResponse.MessageOneofCase.Event:
                Terminal.Out.WriteLine(EventText.LineOf(message.Event, Types.Find));
                break;
            case StreamEventsResponse.MessageOneofCase.FellBehind or StreamEventsResponse.MessageOneofCase.Gap
                or StreamEventsResponse.MessageOneofCase.Erased when json:
                WriteJson(message);
                break;
            case StreamEventsResponse.MessageOneofCase.FellBehind:
                Terminal.Error.WriteLine($"Fell behind by {message.FellBehind.Behind} events; catching up.");
                break;
            case StreamEventsResponse.MessageOneofCase.Gap:
                Terminal.Error.WriteLine(
                    $"Events {message.Gap.FromNumber} to {message.Gap.ToNumber} {(message.Gap.Reason == GapReason.Erasure ? "were erased" : "are no longer kept")}.");
                break;
            case StreamEventsResponse.MessageOneofCase.Erased:
                Terminal.Error.WriteLine(
                    $"Erased, copies too: {message.Erased.App} {string.Join(", ", message.Erased.Numbers.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First} to {range.Last}"))}.");
                break;
        }
    }

    private StreamEventsRequest RequestOf(ParseResult parsed, PositionFile? state)
    {
        var request = new StreamEventsRequest
        {
            Filter = new EventFilter
            {
                Apps = { (parsed.GetValue(_apps) ?? []).Select(name => AppName.Parse(name)) },
                Kinds = { (parsed.GetValue(_kinds) ?? []).Select(name => EventText.Parse<EventKind>("--kind", name)) },
                Countries = { parsed.GetValue(_countries) ?? [] },
                AppVersions = { parsed.GetValue(_versions) ?? [] },
                Verdicts =
                {
                    (parsed.GetValue(_verdicts) ?? []).Select(name => EventText.Parse<ClaimVerdict>("--verdict", name)),
                },
            },
        };
        if ((parsed.GetValue(_after) ?? state?.Read()) is { } cursor)
        {
            request.After = cursor;
        }
        else if (_since.In(parsed) is { } since)
        {
            request.Time = since;
        }
        else if (parsed.GetValue(_beginning))
        {
            request.Beginning = new();
        }

        return request;
    }
}
