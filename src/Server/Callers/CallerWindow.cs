using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Telemetry.Server.Callers;

/// <summary>What one caller may do within a stretch of time, which begins with the first thing it does.</summary>
/// <remarks>
/// Unlike the framework's own windows it follows the injected clock. While anything is left, a request with many reports
/// passes whole; what it takes too much is forgotten with the window. Asking for none asks whether anything is left.
/// </remarks>
internal sealed class CallerWindow(int allowed, TimeSpan length, TimeProvider time, Action ended) : RateLimiter
{
    private readonly Lock _gate = new();
    private long _since = time.GetTimestamp();
    private int _used;
    private bool _ended;

    /// <summary>The framework drops a limiter that is idle for a while; one that still counts is not idle.</summary>
    public override TimeSpan? IdleDuration =>
        time.GetElapsedTime(Interlocked.Read(ref _since)) - length is var idle && idle > TimeSpan.Zero ? idle : null;

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_gate)
        {
            var left = length - time.GetElapsedTime(_since);
            if (left <= TimeSpan.Zero)
            {
                Interlocked.Exchange(ref _since, time.GetTimestamp());
                _used = 0;
            }

            if (_used >= allowed)
            {
                return new Lease(left);
            }

            _used += permitCount;
            return Lease.Granted;
        }
    }

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        ValueTask.FromResult(AttemptAcquireCore(permitCount));

    /// <summary>Not only when disposing: the framework disposes asynchronously, which comes here with false.</summary>
    protected override void Dispose(bool disposing)
    {
        if (!Interlocked.Exchange(ref _ended, true))
        {
            ended();
        }

        base.Dispose(disposing);
    }

    private sealed class Lease(TimeSpan? wait) : RateLimitLease
    {
        public static readonly Lease Granted = new(null);

        public override bool IsAcquired => wait is null;

        public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? wait : null;
            return metadata is not null;
        }
    }
}
