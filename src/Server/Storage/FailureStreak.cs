namespace Telemetry.Server.Storage;

/// <summary>Keeps a failure that repeats from filling the log: worth a line the first time, then once in a while.</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class FailureStreak(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private long _count;
    private long _told;

    /// <summary>Counts a failure.</summary>
    /// <returns>How many there were in a row when that is worth a line, 1 for the first one; null when it is not.</returns>
    public long? Failed(long weight = 1)
    {
        lock (_gate)
        {
            var first = _count == 0;
            _count += weight;
            if (!first && time.GetElapsedTime(_told) < Interval)
            {
                return null;
            }

            _told = time.GetTimestamp();
            return _count;
        }
    }

    /// <summary>Ends the streak.</summary>
    /// <returns>How many failures it had; zero when there was none.</returns>
    public long Succeeded()
    {
        // Asked after every success, so the usual answer takes no lock.
        if (Interlocked.Read(ref _count) == 0)
        {
            return 0;
        }

        lock (_gate)
        {
            var count = _count;
            _count = 0;
            return count;
        }
    }
}
