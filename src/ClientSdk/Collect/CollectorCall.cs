namespace Telemetry.Client.Collect;

/// <summary>Asks the app's collector, and keeps it from being a danger to whoever asks.</summary>
/// <remarks>
/// The collector runs on a thread of the pool with nothing of the caller's context: not the request, culture, user or
/// trace of the administrator who happens to look at the support page. It has a limited time; one that does not even end
/// when it is canceled is not called again until it does.
/// </remarks>
internal sealed class CollectorCall(IUsageCollector collector, TimeSpan timeout, TimeProvider time)
{
    private Task? _stuck;

    /// <exception cref="ReportNotPreparedException">It failed or took too long.</exception>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public async Task<UsageSnapshot> CollectAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _stuck) is { IsCompleted: false })
        {
            throw new ReportNotPreparedException(
                "The app is still counting its usage since an earlier attempt, long after its time was up. "
                + "Start it again, and tell its vendor.");
        }

        using var patience = new CancellationTokenSource(timeout, time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var counting = Begin(either);
        try
        {
            return await counting.WaitAsync(either.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The collector returned null.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException e) when (patience.IsCancellationRequested)
        {
            Volatile.Write(ref _stuck, counting);
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

    private Task<UsageSnapshot> Begin(CancellationTokenSource either)
    {
        var token = either.Token;
        Task<UsageSnapshot> counting;
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            counting = Task.Run(() => collector.CollectAsync(token).AsTask(), CancellationToken.None);
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
