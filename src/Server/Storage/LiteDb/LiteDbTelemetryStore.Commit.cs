using System.Buffers;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.Records;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    /// <summary>So many times its size the log may grow to while a disk is slow; then commits wait.</summary>
    private const int MovingFactor = 4;

    private readonly SnapshotSchedule _snapshots;
    private readonly ArrayBufferWriter<byte> _chunk = new(EventChunk.MaxBytes);
    private readonly ArrayBufferWriter<byte> _record = new(4_096);
    private long _wantedThrough;

    public CommitOutcome[] Commit(IReadOnlyList<Report> batch, CommitRules rules)
    {
        var outcomes = Change(() => CommitBatch(batch, rules));
        if (IsCheckpointDue)
        {
            LeaveCheckpointToOtherThread();
        }

        return outcomes;
    }

    /// <summary>So that the batch's callers get their answer first.</summary>
    private void LeaveCheckpointToOtherThread()
    {
        try
        {
            _changes.Add(CheckpointWhenDue);
        }
        catch (InvalidOperationException)
        {
            // The store is being closed, with a checkpoint.
        }
    }

    private CommitOutcome[] CommitBatch(IReadOnlyList<Report> batch, CommitRules rules)
    {
        Recover();
        var decisions = new BatchDecisions(_fleet, rules, new FeedPosition(_epoch, _current), IsKnownNew);
        var outcomes = new CommitOutcome[batch.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = decisions.Decide(batch[i], i);
        }

        if (decisions.Accepted.Count > 0)
        {
            Store(decisions.Accepted, decisions.Reports);
        }

        return outcomes;
    }

    private void Store(List<StoredReport> accepted, List<Report> reports)
    {
        var first = _current + 1;
        CommitWithSlots(_snapshots.Due(), database =>
        {
            if (!_epochWritten)
            {
                database.AddEpoch(first, _epoch);
            }

            AddEvents(database, accepted, first);
        });

        // On disk: from here on it is true for everybody.
        if (!_epochWritten)
        {
            _epochs.Add(first, _epoch);
            _epochWritten = true;
        }

        _fleet.Apply(accepted, reports);
        _snapshots.Grow(_fleet.Slots, first - 1);
        _snapshots.Committed(accepted.Count);
        KeepForReaders(accepted);
        if (_oldest == 0)
        {
            Interlocked.Exchange(ref _oldest, first);
        }

        Interlocked.Exchange(ref _current, accepted[^1].Position.Number);
        _committed.Raise();
        _listener?.Committed(accepted, reports);
    }

    /// <summary>
    /// Only while somebody follows: kept for nobody, these objects would cost more to collect than to read again. A
    /// reader that is busy with the last events does not wait at this very moment, so its interest lasts for a while.
    /// </summary>
    private void KeepForReaders(List<StoredReport> accepted)
    {
        if (_committed.HasWaiters)
        {
            _wantedThrough = accepted[^1].Position.Number + RecentEvents.Size;
        }

        foreach (var stored in accepted)
        {
            if (stored.Position.Number <= _wantedThrough)
            {
                _recent.Add(stored);
            }
        }
    }

    private void AddEvents(EventDatabase database, List<StoredReport> accepted, long first)
    {
        for (var next = 0; next < accepted.Count;)
        {
            _chunk.ResetWrittenCount();
            var count = EventChunk.Write(_chunk, accepted, next);
            database.AddEvents(first + next, count, _chunk.WrittenSpan.ToArray());
            next += count;
        }
    }

    /// <summary>Writes slots as they are before the changes, in the same transaction.</summary>
    /// <param name="slots">Which.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="without">Places that are left out; null for none.</param>
    /// <param name="audit">What the audit log says of it; null for what it does not speak of.</param>
    private void CommitWithSlots(
        IReadOnlyList<int> slots, Action<EventDatabase> changes, IReadOnlySet<int>? without = null, AuditDraft? audit = null)
    {
        var replayFrom = _snapshots.ReplayFromOnceWritten(slots, _current);
        CommitWithAudit(audit, database =>
        {
            changes(database);
            foreach (var slot in slots)
            {
                database.WriteSlot(slot, RowsOf(slot, without));
            }

            if (slots.Count > 0)
            {
                database.WriteReplayFrom(replayFrom);
            }
        });
        _snapshots.Wrote(slots, _current);
    }

    private byte[] RowsOf(int slot, IReadOnlySet<int>? without)
    {
        _chunk.ResetWrittenCount();
        foreach (var (state, recentIds, owner) in _fleet.Slot(slot).Where(row => without?.Contains(row.State.Ordinal) != true))
        {
            _record.ResetWrittenCount();
            InstanceRecord.Write(_record, state, recentIds, owner);
            RecordWriter.Append(_chunk, _record.WrittenSpan);
        }

        return _chunk.WrittenSpan.ToArray();
    }

    // The last checkpoint's pages still move: rather a longer log than a commit that waits for the disk.
    private bool IsCheckpointDue => !Volatile.Read(ref _isCheckpointHeld)
        && _database.LogPages >= (_database.IsCheckpointing ? MovingFactor * _options.CheckpointPages : _options.CheckpointPages);

    /// <summary>After a change's answer, so that its own caller does not wait for it.</summary>
    private void CheckpointWhenDue()
    {
        lock (_changing)
        {
            if (!_broken && IsCheckpointDue)
            {
                Checkpoint();
            }
        }
    }

    private void Checkpoint()
    {
        try
        {
            _database.Checkpoint();
            _acknowledged = _database.LogEnd;
        }
        catch (Exception e)
        {
            // Everything acknowledged is in the log; the next change opens the files anew.
            Broke(e);
        }
    }
}
