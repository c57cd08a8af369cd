namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Which run of the server wrote which numbers.</summary>
/// <remarks>
/// A number alone cannot tell this log from a restored backup that went its own way; the epoch under which it was
/// written can. Threading: one writer; readers see a whole array.
/// </remarks>
internal sealed class EpochTable
{
    private (long First, ulong Epoch)[] _runs = [];

    public void Add(long first, ulong epoch) => Volatile.Write(ref _runs, [.. _runs, (first, epoch)]);

    /// <summary>The epoch of an event; for numbers before the first event, that of the first; 0 when there is none.</summary>
    public ulong EpochOf(long number)
    {
        var runs = Volatile.Read(ref _runs);
        // Nearly always the last or the one before: recent events are what is read.
        for (var i = runs.Length - 1; i > 0; i--)
        {
            if (runs[i].First <= number)
            {
                return runs[i].Epoch;
            }
        }

        return runs.Length == 0 ? 0 : runs[0].Epoch;
    }
}
