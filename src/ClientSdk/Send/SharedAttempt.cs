namespace Telemetry.Client.Send;

/// <summary>One attempt for all who ask while it runs: two clicks are one report.</summary>
/// <remarks>Ends early only when nobody waits for it any more.</remarks>
internal sealed class SharedAttempt(Func<CancellationToken, Task<SendResult>> attempt)
{
    private readonly object _lock = new();
    private Running? _running;

    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public async Task<SendResult> JoinAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Running running;
        lock (_lock)
        {
            running = _running ??= new Running(attempt);
            running.Waiters++;
        }

        try
        {
            return await running.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await LeaveAsync(running).ConfigureAwait(false);
        }
    }

    private async Task LeaveAsync(Running running)
    {
        lock (_lock)
        {
            if (--running.Waiters > 0 && !running.Result.IsCompleted)
            {
                return;
            }

            _running = _running == running ? null : _running;
        }

        await running.Stop.CancelAsync().ConfigureAwait(false);
    }

    private sealed class Running
    {
        public Running(Func<CancellationToken, Task<SendResult>> attempt)
        {
            var token = Stop.Token;
            Result = Task.Run(() => attempt(token), CancellationToken.None);
        }

        public CancellationTokenSource Stop { get; } = new();

        public Task<SendResult> Result { get; }

        public int Waiters { get; set; }
    }
}
