namespace Telemetry.Server.Storage;

/// <summary>Wakes everybody who waits for the next commit; costs nothing when nobody does.</summary>
internal sealed class CommitSignal
{
    private TaskCompletionSource? _waiters;

    public bool HasWaiters => Volatile.Read(ref _waiters) is not null;

    /// <summary>Completes with the next call of <see cref="Raise"/>.</summary>
    public Task Next()
    {
        var waiters = Volatile.Read(ref _waiters);
        while (waiters is null)
        {
            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters = Interlocked.CompareExchange(ref _waiters, made, null) ?? made;
        }

        return waiters.Task;
    }

    public void Raise() => Interlocked.Exchange(ref _waiters, null)?.SetResult();
}
