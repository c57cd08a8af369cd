using System.Runtime.CompilerServices;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Admin;

/// <summary>Follows a server's feed through restarts and broken connections.</summary>
public sealed class FeedClient
{
    /// <summary>As the server writes it, see docs/protocol.md.</summary>
    private const string PositionExpired = "POSITION_EXPIRED";

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly FeedService.FeedServiceClient _client;
    private readonly Metadata _headers;
    private readonly TimeProvider _time;

    /// <summary>Makes a client.</summary>
    /// <param name="channel">The connection; not disposed by this client.</param>
    /// <param name="token">An admin token.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public FeedClient(TelemetryChannel channel, string token, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _client = new FeedService.FeedServiceClient(channel.Invoker);
        _headers = new Metadata { { "authorization", "Bearer " + token } };
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Told each time the connection is lost, with the reason; the client goes on by itself.</summary>
    public Action<string>? Interrupted { get; init; }

    /// <summary>
    /// The stream's messages without end: each event once and in order, also across reconnections, which resume after
    /// the last position seen. Gaps and falling behind are passed on as the server tells them; when the server kept the
    /// events for a shorter time than the connection was lost, the gap is told after its hello.
    /// </summary>
    /// <param name="request">Where to begin and what to deliver; not changed.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="FeedRefusedException">The server refuses in a way that waiting cannot mend.</exception>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public async IAsyncEnumerable<StreamEventsResponse> FollowAsync(
        StreamEventsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var next = request.Clone();
        var pause = ShortestPause;
        var resuming = false;
        ulong? firstLost = null;
        while (true)
        {
            using var call = _client.StreamEvents(next, _headers, cancellationToken: cancellationToken);
            Step step;
            while ((step = await MoveNextAsync(call.ResponseStream, resuming, cancellationToken).ConfigureAwait(false)) == Step.Message)
            {
                var message = call.ResponseStream.Current;
                if (PositionOf(message) is { } position)
                {
                    next.After = position;
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
                firstLost = next.After.Number + 1;
                next.Beginning = new();
                continue;
            }

            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>After which the stream may safely be resumed. Hello counts: it tells what "now" was.</summary>
    private static FeedPosition? PositionOf(StreamEventsResponse message) => message.MessageCase switch
    {
        StreamEventsResponse.MessageOneofCase.Hello => message.Hello.StartingAfter,
        StreamEventsResponse.MessageOneofCase.Event => message.Event.Position,
        StreamEventsResponse.MessageOneofCase.CaughtUp => message.CaughtUp.Position,
        StreamEventsResponse.MessageOneofCase.Heartbeat => message.Heartbeat.Position,
        _ => null,
    };

    private async Task<Step> MoveNextAsync(
        IAsyncStreamReader<StreamEventsResponse> stream, bool resuming, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNext(cancellationToken).ConfigureAwait(false) ? Step.Message : Step.Interrupted;
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = e.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? "";
            if (resuming && reason == PositionExpired)
            {
                return Step.Expired;
            }

            if (e.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.InvalidArgument
                or StatusCode.FailedPrecondition or StatusCode.OutOfRange or StatusCode.Unimplemented)
            {
                throw new FeedRefusedException(e.Status.Detail, e.StatusCode, reason, e);
            }

            Interrupted?.Invoke(e.Status.Detail);
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
