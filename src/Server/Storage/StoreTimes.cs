namespace Telemetry.Server.Storage;

/// <summary>Finds events by time, and passes over numbers without one.</summary>
internal static class StoreTimes
{
    /// <summary>The last number of the run of numbers without an event, lost or erased, that holds a number; null when that has one.</summary>
    public static long? AbsentThrough(this ITelemetryStore store, long number) => store.GapThrough(number) ?? store.ErasedThrough(number);

    /// <summary>The number of the first event at a moment or later; of the next one when there is none yet.</summary>
    /// <remarks>Events lie in the order of commit, which is that of time as long as nobody sets the clock back.</remarks>
    public static async ValueTask<long> FirstAtAsync(this ITelemetryStore store, long unixMs, CancellationToken cancellation)
    {
        var (low, high) = (Math.Max(store.OldestNumber, 1), store.Current.Number + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            // Numbers without an event have no time of their own: the event behind them speaks for them.
            var looked = middle;
            while (store.AbsentThrough(looked) is { } end)
            {
                looked = end + 1;
            }

            var found = looked < high ? await store.ReadAfterAsync(looked - 1, 1, cancellation).ConfigureAwait(false) : [];
            (low, high) = found is [var stored] && stored.AcceptedAtMs < unixMs ? (looked + 1, high) : (low, middle);
        }

        return low;
    }
}
