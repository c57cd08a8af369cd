namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    /// <summary>Small enough that commits between two steps hardly notice.</summary>
    private const int ChunksPerStep = 500;

    public async ValueTask DropThroughAsync(long number, CancellationToken cancellation)
    {
        // What only the dropped events could tell must be in the slots first.
        await ChangeAsync(() => SnapshotThrough(number)).ConfigureAwait(false);
        while (await ChangeAsync(() => DropStep(number)).ConfigureAwait(false))
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private bool SnapshotThrough(long number)
    {
        if (_snapshots.ReplayFrom(_current) < Math.Min(number, _current))
        {
            for (var slot = 0; slot < _fleet.Slots; slot++)
            {
                int[] written = [slot];
                CommitWithSlots(written, static _ => { });
            }
        }

        return true;
    }

    /// <summary>A chunk that reaches beyond the number stays whole. The newest one always stays: it tells the end.</summary>
    private bool DropStep(long number)
    {
        var through = Math.Min(number, _current - 1);
        if (through < OldestNumber)
        {
            return false;
        }

        var chunks = _database.FindChunksThrough(through, ChunksPerStep);
        if (chunks.Count == 0)
        {
            return false;
        }

        // Readers beside this must not take what is gone for lost.
        Interlocked.Exchange(ref _dropping, through);
        Commit(database => database.DropChunks(chunks));
        Interlocked.Exchange(ref _oldest, _database.OldestNumber());
        return chunks.Count == ChunksPerStep;
    }
}
