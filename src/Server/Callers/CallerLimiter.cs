using System.Threading.RateLimiting;

namespace Telemetry.Server.Callers;

/// <summary>Limits how often each caller does something within a stretch of time.</summary>
/// <remarks>
/// Memory is bounded by the number of callers there can be; a window that is over is dropped within seconds. Threading: any.
/// </remarks>
internal sealed class CallerLimiter : IDisposable
{
    private readonly PartitionedRateLimiter<Caller>? _windows;
    private int _remembered;

    /// <param name="allowed">How often; zero switches the limit off.</param>
    /// <param name="length">Within what time.</param>
    /// <param name="time">The clock.</param>
    public CallerLimiter(int allowed, TimeSpan length, TimeProvider time)
    {
        if (allowed == 0)
        {
            return;
        }

        Func<Caller, RateLimiter> begin = _ =>
        {
            Interlocked.Increment(ref _remembered);
            return new CallerWindow(allowed, length, time, () => Interlocked.Decrement(ref _remembered));
        };
        _windows = PartitionedRateLimiter.Create<Caller, Caller>(caller => RateLimitPartition.Get(caller, begin));
    }

    /// <summary>Callers that are remembered at this moment.</summary>
    public int Remembered => Volatile.Read(ref _remembered);

    /// <summary>Counts what a caller does, as many times as it does it at once.</summary>
    /// <returns>How long it must wait, when nothing is left and this does not count; else null.</returns>
    public TimeSpan? Take(Caller caller, int count = 1)
    {
        using var lease = _windows?.AttemptAcquire(caller, count);
        return lease?.TryGetMetadata(MetadataName.RetryAfter, out var wait) == true ? wait : null;
    }

    /// <summary>How long the caller must wait before it may do more; null when it may now.</summary>
    public TimeSpan? Wait(Caller caller) => Take(caller, 0);

    public void Dispose() => _windows?.Dispose();
}
