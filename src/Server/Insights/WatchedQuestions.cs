namespace Telemetry.Server.Insights;

/// <summary>Questions that are watched: each is asked again once, however many watch it.</summary>
/// <typeparam name="TAnswer">An answer, which nobody changes.</typeparam>
/// <remarks>Threading: any.</remarks>
internal sealed class WatchedQuestions<TAnswer>(FleetPosition fleet, TimeProvider time)
    where TAnswer : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WatchedQuestion<TAnswer>> _watched = new(StringComparer.Ordinal);

    /// <summary>How many different ones are watched.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _watched.Count;
            }
        }
    }

    /// <summary>Begins to watch.</summary>
    /// <param name="key">The same for the same question.</param>
    /// <param name="ask">Asks it.</param>
    /// <param name="numberOf">The position of an answer.</param>
    public WatchedQuestion<TAnswer> Join(string key, Func<TAnswer> ask, Func<TAnswer, long> numberOf)
    {
        lock (_gate)
        {
            if (!_watched.TryGetValue(key, out var watched))
            {
                _watched.Add(key, watched = new WatchedQuestion<TAnswer>(fleet, time, ask, numberOf));
            }

            watched.Watchers++;
            return watched;
        }
    }

    public void Leave(string key)
    {
        lock (_gate)
        {
            if (--_watched[key].Watchers == 0)
            {
                _watched.Remove(key, out var watched);
                watched!.Dispose();
            }
        }
    }
}

/// <summary>One question that is asked again as commits happen, as often as an eye can follow.</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class WatchedQuestion<TAnswer> : IDisposable
    where TAnswer : class
{
    /// <summary>Shortest time between two answers.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest time between two: at midnight an answer changes by itself.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TAnswer? _latest;

    public WatchedQuestion(FleetPosition fleet, TimeProvider time, Func<TAnswer> ask, Func<TAnswer, long> numberOf) =>
        _ = RunAsync(fleet, time, ask, numberOf, _stop.Token);

    /// <summary>For the list of them, under its lock.</summary>
    public int Watchers { get; set; }

    /// <summary>The newest answer, null before the first; and what completes with the one after it.</summary>
    public (TAnswer? Latest, Task Next) Look()
    {
        lock (_gate)
        {
            return (_latest, _next.Task);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task RunAsync(
        FleetPosition fleet, TimeProvider time, Func<TAnswer> ask, Func<TAnswer, long> numberOf, CancellationToken stop)
    {
        // Whoever begins it holds the list's lock.
        await Task.Yield();
        try
        {
            for (var number = -1L; !stop.IsCancellationRequested;)
            {
                if (number >= 0)
                {
                    await Task.Delay(Pace, time, stop).ConfigureAwait(false);
                    await fleet.ChangeAfterAsync(number).WaitAsync(Idle, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                var answer = ask();
                number = numberOf(answer);
                lock (_gate)
                {
                    _latest = answer;
                    _next.SetResult();
                    _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody watches any more.
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                // Its watchers are told; a question can become too large as the fleet grows.
                _next.SetException(e);
            }
        }
    }
}
