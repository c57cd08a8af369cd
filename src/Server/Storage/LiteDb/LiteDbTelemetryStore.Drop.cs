using Telemetry.Server.Model;
using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    /// <remarks>
    /// One small commit makes them invisible, all at once. Files of segments are deleted then; what lies in the database goes
    /// with the next steps of <see cref="MoveStepAsync"/>, whose room is used again.
    /// </remarks>
    public async ValueTask DropThroughAsync(long number, CancellationToken cancellation, AuditDraft? audit = null)
    {
        await _tidying.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            number = Math.Min(number, Interlocked.Read(ref _current));
            if (number <= _kept.Dropped)
            {
                return;
            }

            // What only the dropped events could tell must be in the slots first.
            while (await ChangeAsync(() => WriteStaleSlot(number)).ConfigureAwait(false))
            {
                cancellation.ThrowIfCancellationRequested();
            }

            foreach (var segment in await ChangeAsync(() => Drop(number, audit)).ConfigureAwait(false))
            {
                Delete(_segments.PathOf(segment));
            }
        }
        finally
        {
            _tidying.Release();
        }
    }

    /// <returns>Whether there was one.</returns>
    private bool WriteStaleSlot(long number)
    {
        if (_snapshots.ReplayFrom(_current) >= number)
        {
            return false;
        }

        foreach (var slot in _snapshots.Stale(_current, _fleet.NewestIn))
        {
            if (_snapshots.CompleteThrough(slot) < number)
            {
                int[] written = [slot];
                CommitWithSlots(written, static _ => { });
                return true;
            }
        }

        return false;
    }

    /// <returns>Segments that nobody needs any more.</returns>
    private List<Segment> Drop(long number, AuditDraft? audit)
    {
        var after = _kept.Without(number);
        var gone = _kept.Segments.Where(segment => segment.Last <= number).ToList();
        CommitWithAudit(audit, database =>
        {
            database.WriteDropped(number);
            database.DropSegments(gone);
        });
        Volatile.Write(ref _kept, after);
        Interlocked.Exchange(ref _oldest, OldestOf(after));
        return gone;
    }

    public async ValueTask<int> ForgetSilentAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        var forgotten = 0;
        for (int slot = 0, slots = await ChangeAsync(() => _fleet.Slots).ConfigureAwait(false); slot < slots; slot++)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = slot;
            forgotten += await ChangeAsync(() => ForgetSilent(next, before.ToUnixTimeMilliseconds())).ConfigureAwait(false);
        }

        return forgotten;
    }

    /// <summary>On disk first: a slot that still had them would bring them back at the next start.</summary>
    private int ForgetSilent(int slot, long beforeMs)
    {
        var silent = _fleet.SilentIn(slot, beforeMs, _oldest);
        if (silent.Count > 0)
        {
            CommitWithSlots([slot], static _ => { }, silent);
            _fleet.Remove(slot, silent);
        }

        return silent.Count;
    }
}
