namespace Telemetry.Server.Callers;

/// <summary>Limits what each caller, and all of them together, have open at a time.</summary>
/// <remarks>
/// A count for each caller there can be. The framework's concurrency limiters would cost every request an object, and
/// drop an idle limiter that a request has just got hold of.
/// </remarks>
/// <param name="perCaller">How many for one caller; zero switches the limit off.</param>
/// <param name="all">How many for all; zero is no limit.</param>
internal sealed class CallerConcurrency(int perCaller, int all = 0)
{
    private readonly int[] _open = perCaller > 0 ? new int[Caller.Count] : [];
    private int _all;

    /// <summary>How many are open.</summary>
    public int Open => Volatile.Read(ref _all);

    /// <summary>False when it is one too many; after true the same caller must be told to leave.</summary>
    public bool TryEnter(Caller caller)
    {
        if (perCaller == 0)
        {
            return true;
        }

        var own = Interlocked.Increment(ref _open[caller.Number]);
        var together = Interlocked.Increment(ref _all);
        if (own <= perCaller && (all == 0 || together <= all))
        {
            return true;
        }

        Leave(caller);
        return false;
    }

    public void Leave(Caller caller)
    {
        if (perCaller > 0)
        {
            Interlocked.Decrement(ref _open[caller.Number]);
            Interlocked.Decrement(ref _all);
        }
    }
}
