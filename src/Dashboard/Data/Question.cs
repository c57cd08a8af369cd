using Google.Protobuf;
using Grpc.Core;

namespace Telemetry.Dashboard.Data;

/// <summary>A question of a page, without its types.</summary>
public interface IQuestion : IDisposable
{
    Failure? Failure { get; }

    Task AgainAsync();
}

/// <summary>One question of a page and what is known of its answer: none yet, this one, an older one, or why there is none.</summary>
/// <remarks>
/// The latest answer to the same question is shown at once and asked for anew. What may pass is tried again after 1, 2, 4 ... 30 s.
/// A new question takes the place of a running one.
/// </remarks>
public sealed class Question<TRequest, TResponse>(
    FleetClient fleet, Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> call, TimeProvider clock, Action changed) : IQuestion
    where TRequest : class, IMessage
    where TResponse : class
{
    private readonly Backoff _backoff = new();
    private CancellationTokenSource _running = new();
    private TRequest? _request;
    private string _key = "";
    private bool _isLeft;

    public TResponse? Answer { get; private set; }

    public Failure? Failure { get; private set; }

    /// <summary>Whether an answer to exactly this question has not come yet.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>When the answer came.</summary>
    public DateTimeOffset AnsweredAt { get; private set; }

    /// <summary>When it is tried again by itself.</summary>
    public TimeSpan? NextTry { get; private set; }

    /// <summary>Whether the answer that is shown belongs to an earlier question.</summary>
    public bool IsEarlier { get; private set; }

    public Task AskAsync(TRequest request)
    {
        var key = TRequestName + Convert.ToBase64String(request.ToByteArray());
        if (key == _key && (IsRunning || Failure is null))
        {
            return Task.CompletedTask;
        }

        IsEarlier = Answer is not null && key != _key;
        (_request, _key) = (request, key);
        if (fleet.Recall(key) is TResponse known)
        {
            (Answer, IsEarlier) = (known, false);
        }

        _backoff.Reset();
        return AgainAsync();
    }

    /// <summary>Not a question any more.</summary>
    public void Forget()
    {
        // A page that was left may still be on its way to its next question.
        if (_isLeft)
        {
            return;
        }

        _running.Cancel();
        (_request, _key, Answer, Failure, IsRunning) = (null, "", null, null, false);
    }

    public async Task AgainAsync()
    {
        if (_isLeft || _request is not { } request)
        {
            return;
        }

        // In this order, so that of two that begin in the same moment the later one ends the earlier one.
        var before = _running;
        _running = new();
        var cancellation = _running.Token;
        await before.CancelAsync();
        before.Dispose();
        while (!cancellation.IsCancellationRequested)
        {
            (IsRunning, NextTry) = (true, null);
            changed();
            try
            {
                var answer = await fleet.AskAsync(call, request, cancellation);
                if (cancellation.IsCancellationRequested)
                {
                    return;
                }

                fleet.Remember(_key, answer);
                (Answer, AnsweredAt, Failure, IsRunning, IsEarlier) = (answer, clock.GetUtcNow(), null, false, false);
                _backoff.Reset();
                changed();
                return;
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                if (cancellation.IsCancellationRequested)
                {
                    return;
                }

                Failure = Failure.Of(e);
            }

            IsRunning = false;
            NextTry = Failure.Passes ? _backoff.Next() : null;
            changed();
            if (NextTry is not { } wait || !await WaitAsync(wait, cancellation))
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        if (_isLeft)
        {
            return;
        }

        _isLeft = true;
        _running.Cancel();
        _running.Dispose();
    }

    private static string TRequestName => typeof(TRequest).Name;

    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(wait, clock, cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
