using Grpc.Core;
using Telemetry.Dashboard.Data;

namespace Telemetry.Dashboard.Live;

public enum LinkState
{
    Connecting,
    Live,

    /// <summary>Lost; tried again in a while.</summary>
    Waiting,

    /// <summary>The server does not answer this, whenever it is asked.</summary>
    Refused,

    /// <summary>Nobody looks.</summary>
    Hidden,
}

/// <summary>A stream that somebody follows, without its type.</summary>
public interface IFollower : IDisposable
{
    LinkState State { get; }

    TimeSpan? NextTry { get; }

    Failure? Failure { get; }

    /// <summary>When the last message came.</summary>
    DateTimeOffset? LastAt { get; }

    event Action? Changed;

    void Start();

    /// <param name="hidden">Whether it goes on as soon as somebody looks.</param>
    void Stop(bool hidden);
}

/// <summary>Keeps one stream open: connects again after 1, 2, 4 ... 30 s, and notices when it fell silent.</summary>
/// <param name="open">Called for every try, so that it begins after what was taken last.</param>
/// <param name="take">Given every message; the next one is read when it has ended.</param>
/// <param name="givesWay">Whether, when this message was taken, the stream is left for a moment, because other tabs wait for a connection.</param>
public sealed class Follower<TMessage>(
    FleetClient fleet, TimeProvider clock, Func<CallOptions, AsyncServerStreamingCall<TMessage>> open, Func<TMessage, ValueTask> take, Func<TMessage, bool> givesWay)
    : IFollower
    where TMessage : class
{
    /// <summary>What is asked of the server; three of them without a word, and the connection is taken for dead.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenTurns = TimeSpan.FromSeconds(1);

    private readonly Backoff _backoff = new();
    private CancellationTokenSource? _running;
    private long _told;

    public LinkState State { get; private set; } = LinkState.Hidden;

    public TimeSpan? NextTry { get; private set; }

    public Failure? Failure { get; private set; }

    public DateTimeOffset? LastAt { get; private set; }

    public event Action? Changed;

    public void Start()
    {
        Stop(hidden: false);
        _running = new();
        _backoff.Reset();
        _ = RunAsync(_running.Token);
    }

    public void Stop(bool hidden)
    {
        _running?.Cancel();
        _running?.Dispose();
        _running = null;
        if (hidden)
        {
            Turn(LinkState.Hidden);
        }
    }

    public void Dispose() => Stop(hidden: false);

    private async Task RunAsync(CancellationToken cancellation)
    {
        Turn(LinkState.Connecting);
        while (!cancellation.IsCancellationRequested)
        {
            var token = fleet.Token;
            try
            {
                if (await ReadAsync(cancellation))
                {
                    await Task.Delay(BetweenTurns, clock, cancellation);
                    continue;
                }

                Failure = null;
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException or TimeoutException)
            {
                if (cancellation.IsCancellationRequested)
                {
                    return;
                }

                Failure = Failure.Of(e);
                if (e is RpcException { StatusCode: StatusCode.Unauthenticated } refused)
                {
                    if (token != fleet.Token)
                    {
                        // A rotated token, whose new secret is signed in already.
                        continue;
                    }

                    fleet.EndIfRefused(refused, token);
                    return;
                }

                if (Failure.Code is StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange
                    or StatusCode.Unimplemented or StatusCode.PermissionDenied)
                {
                    Turn(LinkState.Refused);
                    return;
                }
            }

            NextTry = _backoff.Next();
            Turn(LinkState.Waiting);
            try
            {
                await Task.Delay(NextTry.Value, clock, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>Whether it gave way, and not the server ended it.</returns>
    private async Task<bool> ReadAsync(CancellationToken cancellation)
    {
        using var call = open(fleet.Options(cancellation));
        // Without its first message a connection is none yet.
        while (await call.ResponseStream.MoveNext(cancellation).WaitAsync(3 * Heartbeat, clock, cancellation))
        {
            _backoff.Reset();
            LastAt = clock.GetUtcNow();
            NextTry = null;
            var message = call.ResponseStream.Current;
            await take(message);
            Turn(LinkState.Live);
            if (givesWay(message))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells of another state, and once a second of the same.</summary>
    private void Turn(LinkState state)
    {
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        if (state != State || second != _told)
        {
            (State, _told) = (state, second);
            Changed?.Invoke();
        }
    }
}
