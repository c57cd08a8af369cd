using System.Diagnostics;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    /// <summary>Slots in one commit at the end: some 3 MB.</summary>
    private const int SlotsPerCommit = 32;

    /// <summary>Writes what the next start would have to work out: the state as it is, and every page in its place.</summary>
    /// <remarks>A start replays whatever is left when the time is over, as after a kill.</remarks>
    private void PrepareNextStart()
    {
        try
        {
            if (!_broken)
            {
                var watch = Stopwatch.StartNew();
                var written = WriteSnapshot();
                _database.Checkpoint();
                _database.FinishCheckpoint();
                _database.Seal();
                Log.Closed(_logger, _current, _fleet.Count, written, watch.ElapsedMilliseconds);
            }
        }
        catch (Exception e)
        {
            // Everything acknowledged is in the log; the next start finds it there.
            Log.CloseIncomplete(_logger, e.Message);
        }
    }

    /// <returns>How many slots.</returns>
    private int WriteSnapshot()
    {
        var start = _time.GetTimestamp();
        var stale = _snapshots.Stale(_current, _fleet.NewestIn);
        var written = 0;
        while (written < stale.Count && _time.GetElapsedTime(start) < _options.CloseWithin)
        {
            var slots = stale.Skip(written).Take(SlotsPerCommit).ToList();
            CommitWithSlots(slots, static _ => { });
            written += slots.Count;
            if (IsCheckpointDue)
            {
                _database.Checkpoint();
                _acknowledged = _database.LogEnd;
            }
        }

        return written;
    }
}
