namespace Telemetry.Client;

/// <summary>Does something again and again, each time after the pause that the last time asked for.</summary>
/// <remarks>Never twice at once. What fails ends the repetition, and disposing throws it: only a bug can fail.</remarks>
internal sealed class RepeatingTimer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly object _lock = new();
    private readonly Func<CancellationToken, Task<TimeSpan>> _tick;
    private readonly ITimer _timer;
    private TaskCompletionSource? _running;
    private bool _stopped;
    private bool _again;

    /// <param name="tick">What to do; its result is the pause until the next time.</param>
    /// <param name="time">The clock.</param>
    public RepeatingTimer(Func<CancellationToken, Task<TimeSpan>> tick, TimeProvider time)
    {
        _tick = tick;
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The first time comes at once, on the timer's thread.</summary>
    public void Start() => _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    /// <summary>The next time comes at once, or as soon as the one under way is done.</summary>
    public void Hurry()
    {
        lock (_lock)
        {
            if (_running is { Task.IsCompleted: false })
            {
                _again = true;
            }
            else if (!_stopped)
            {
                _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_lock)
        {
            _stopped = true;
            running = _running?.Task;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await (running ?? Task.CompletedTask).ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>The timer rings once and is set again when all is done, so this never runs twice at once.</summary>
    private void Tick()
    {
        TaskCompletionSource done;
        lock (_lock)
        {
            if (_stopped)
            {
                return;
            }

            _running = done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = RunAsync(done);
    }

    private async Task RunAsync(TaskCompletionSource done)
    {
        try
        {
            var pause = await _tick(_stop.Token).ConfigureAwait(false);
            // In whole milliseconds, rounded up: a timer that rounds down would ring before the moment it waits for.
            Arm(done, TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds)));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            done.SetResult();
        }
        catch (Exception e)
        {
            // Kept for whoever disposes.
            done.SetException(e);
        }
    }

    private void Arm(TaskCompletionSource done, TimeSpan pause)
    {
        lock (_lock)
        {
            done.SetResult();
            if (!_stopped)
            {
                _timer.Change(_again ? TimeSpan.Zero : pause, Timeout.InfiniteTimeSpan);
                _again = false;
            }
        }
    }
}
