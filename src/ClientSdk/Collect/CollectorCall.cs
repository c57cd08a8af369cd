namespace Telemetry.Client.Collect;

/// <summary>Asks the app's collector, and keeps it from being a danger to whoever asks.</summary>
/// <remarks>
/// The collector runs on a thread of the pool with nothing of the caller's context: not the request, culture, user or
/// trace of the administrator who happens to look at the support page. It has a limited time; one that does not even end
/// when it is canceled is waited for, and not called a second time beside itself.
/// </remarks>
internal sealed class CollectorCall(
    Func<CancellationToken, Task<CollectedUsage?>> collector, TimeSpan timeout, TimeProvider time)
{
    /// <summary>The latest that nobody waits for any more.</summary>
    private Task? _abandoned;

    /// <exception cref="ReportNotPreparedException">It failed or took too long.</exception>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public async Task<CollectedUsage> CollectAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(timeout, time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        // Looked at before the collector runs, which may end and dispose of it at any time.
        var over = either.Token;
        Task? counting = Volatile.Read(ref _abandoned);
        try
        {
            if (counting is { IsCompleted: false })
            {
                await Ended(counting).WaitAsync(over).ConfigureAwait(false);
            }

            var usage = Begin(either);
            counting = usage;
            return await usage.WaitAsync(over).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The collector returned null.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref _abandoned, counting);
            throw;
        }
        catch (OperationCanceledException e) when (patience.IsCancellationRequested)
        {
            Volatile.Write(ref _abandoned, counting);
            throw new ReportNotPreparedException(
                $"The app did not count its usage within {timeout.TotalSeconds:0.#} seconds. Its own log may say more.", e);
        }
        catch (Exception e)
        {
            // The app's own text may name anything; its type may not.
            throw new ReportNotPreparedException(
                $"The app could not count its usage ({e.GetType().Name}). Its own log may say more.", e);
        }
    }

    private static Task Ended(Task task) => task.ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private Task<CollectedUsage?> Begin(CancellationTokenSource either)
    {
        var token = either.Token;
        Task<CollectedUsage?> counting;
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            counting = Task.Run(() => collector(token), CancellationToken.None);
        }

        // Also when nobody waits any more: its failure is looked at, and what it was given is kept until it ends.
        _ = counting.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                either.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return counting;
    }
}
