using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Admin;

/// <summary>Follows a server's feed through restarts and broken connections.</summary>
public class FeedClient
{
    /// <summary>As the server writes it, see docs/protocol.md.</summary>
    private const string PositionExpired = "POSITION_EXPIRED";

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly FeedService.FeedServiceClient _client;
    private readonly Metadata _headers;
    private readonly TimeProvider _time;

    /// <summary>For mocks.</summary>
    protected FeedClient() => (_client, _headers, _time) = (null!, null!, TimeProvider.System);

    /// <summary>Makes a client.</summary>
    /// <param name="channel">The connection; not disposed by this client.</param>
    /// <param name="token">A token with scope live.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public FeedClient(TelemetryChannel channel, string token, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _client = new FeedService.FeedServiceClient(channel.Invoker);
        _headers = new Metadata { { "authorization", "Bearer " + token } };
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Told each time the connection is lost, with the reason; the client goes on by itself.</summary>
    public event EventHandler<string>? Interrupted;

    /// <summary>
    /// The stream's messages without end: each event once and in order, also across reconnections, which resume after
    /// the last position seen. A connection without a sign of life for three heartbeat intervals is given up for a new
    /// one: what lies between may have forgotten it without a word. Gaps and falling behind are passed on as the server tells them; when the server kept the
    /// events for a shorter time than the connection was lost, the gap is told after its hello.
    /// </summary>
    /// <param name="request">Where to begin and what to deliver; not changed.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="FeedRefusedException">The server refuses in a way that waiting cannot mend.</exception>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public virtual async IAsyncEnumerable<StreamEventsResponse> FollowAsync(
        StreamEventsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var next = request.Clone();
        var pause = ShortestPause;
        var resuming = false;
        var last = 0ul;
        ulong? firstLost = null;
        while (true)
        {
            using var call = _client.StreamEvents(next, _headers, cancellationToken: cancellationToken);
            var silence = LongestSilence(request.HeartbeatInterval);
            Step step;
            while ((step = await MoveNextAsync(call.ResponseStream, silence, resuming, cancellationToken).ConfigureAwait(false)) == Step.Message)
            {
                var message = call.ResponseStream.Current;
                silence = message.Hello is { HeartbeatInterval: { } interval } ? LongestSilence(interval) : silence;
                if (PositionOf(message) is { } position)
                {
                    next.After = position.Cursor;
                    last = position.Number;
                    resuming = true;
                }

                pause = ShortestPause;
                yield return message;
                if (firstLost is { } lost && message.Hello is { } hello)
                {
                    firstLost = null;
                    yield return new StreamEventsResponse
                    {
                        Gap = new Gap
                        {
                            FromNumber = lost,
                            ToNumber = hello.StartingAfter.Number,
                            Reason = GapReason.Retention,
                        },
                    };
                }
            }

            if (step == Step.Expired)
            {
                firstLost = last + 1;
                next.Beginning = new();
                continue;
            }

            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Tells the handlers of <see cref="Interrupted"/>.</summary>
    /// <param name="reason">Why the connection is lost.</param>
    protected virtual void OnInterrupted(string reason) => Interrupted?.Invoke(this, reason);

    /// <summary>After which the stream may safely be resumed. Hello counts: it tells what "now" was.</summary>
    private static FeedPosition? PositionOf(StreamEventsResponse message) => message.MessageCase switch
    {
        StreamEventsResponse.MessageOneofCase.Hello => message.Hello.StartingAfter,
        StreamEventsResponse.MessageOneofCase.Event => message.Event.Position,
        StreamEventsResponse.MessageOneofCase.CaughtUp => message.CaughtUp.Position,
        StreamEventsResponse.MessageOneofCase.Heartbeat => message.Heartbeat.Position,
        StreamEventsResponse.MessageOneofCase.Erased => message.Erased.Position,
        _ => null,
    };

    /// <summary>Three intervals, within the bounds that the contract sets for one.</summary>
    private static TimeSpan LongestSilence(Duration? interval) =>
        3 * TimeSpan.FromSeconds(interval is null ? 15 : Math.Clamp(interval.Seconds, 1, 300));

    private async Task<Step> MoveNextAsync(
        IAsyncStreamReader<StreamEventsResponse> stream, TimeSpan silence, bool resuming,
        CancellationToken cancellationToken)
    {
        try
        {
            var moved = stream.MoveNext(cancellationToken);
            if (await (moved.IsCompleted ? moved : moved.WaitAsync(silence, _time, cancellationToken)).ConfigureAwait(false))
            {
                return Step.Message;
            }

            OnInterrupted("The server ended the stream.");
            return Step.Interrupted;
        }
        catch (TimeoutException)
        {
            OnInterrupted($"No sign of life from the server for {silence.TotalSeconds:0} seconds.");
            return Step.Interrupted;
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = ServerWords.Of(e).Reason ?? "";
            var words = ServerWords.Text(e.Status.Detail);
            if (resuming && reason == PositionExpired)
            {
                return Step.Expired;
            }

            if (e.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.InvalidArgument
                or StatusCode.FailedPrecondition or StatusCode.OutOfRange or StatusCode.Unimplemented)
            {
                throw new FeedRefusedException(words, e.StatusCode, reason, e);
            }

            OnInterrupted(words);
            return Step.Interrupted;
        }
    }

    /// <summary>How the wait for a message ended.</summary>
    private enum Step
    {
        Message,
        Interrupted,

        /// <summary>The events after the last position are no longer kept.</summary>
        Expired,
    }
}
