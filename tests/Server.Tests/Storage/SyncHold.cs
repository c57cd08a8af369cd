namespace Telemetry.Server.Tests.Storage;

/// <summary>Holds syncs up while it is closed, and says that one came.</summary>
internal sealed class SyncHold : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _open = Opened();

    /// <summary>Completes when a sync is held up.</summary>
    public Task Reached => _reached.Task;

    public void Close() => _open = new TaskCompletionSource();

    public void Open() => _open.TrySetResult();

    /// <summary>A test that fails must not leave a store behind that waits for ever.</summary>
    public void Dispose() => Open();

    public void Pass()
    {
        if (!_open.Task.IsCompleted)
        {
            _reached.TrySetResult();
            _open.Task.Wait();
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
