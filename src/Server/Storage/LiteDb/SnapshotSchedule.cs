namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Says which slots of the state are written next, and from where a start must replay the log.</summary>
/// <remarks>
/// Slots are written in turn inside ordinary commits: one rotation takes as many reports as the fleet has
/// installations, so a snapshot adds a constant cost to a report and a start replays at most about one rotation.
/// </remarks>
internal sealed class SnapshotSchedule(int slotSize, int minimumRotation)
{
    /// <summary>Per slot, the number up to which its stored rows are complete.</summary>
    private readonly List<long> _completeThrough = [];

    private int _next;
    private long _credit;

    /// <summary>The number after which events may be missing from the stored slots.</summary>
    public long ReplayFrom(long current) => _completeThrough.Count == 0 ? current : _completeThrough.Min();

    /// <summary>The number up to which a slot's stored rows are complete.</summary>
    public long CompleteThrough(int slot) => _completeThrough[slot];

    /// <summary>What <see cref="ReplayFrom"/> becomes when these slots are stored as they are at a number.</summary>
    public long ReplayFromOnceWritten(IReadOnlyList<int> slots, long number)
    {
        var replayFrom = number;
        for (var slot = 0; slot < _completeThrough.Count; slot++)
        {
            if (!slots.Contains(slot))
            {
                replayFrom = Math.Min(replayFrom, _completeThrough[slot]);
            }
        }

        return replayFrom;
    }

    /// <summary>Tells of slots that came to exist; nothing after <paramref name="number"/> is stored of them.</summary>
    public void Grow(int slots, long number)
    {
        while (_completeThrough.Count < slots)
        {
            _completeThrough.Add(number);
        }
    }

    public void Committed(int reports) => _credit += reports;

    /// <summary>The slots that are due; they stay due until they are written.</summary>
    public IReadOnlyList<int> Due()
    {
        var slots = _completeThrough.Count;
        var due = slots == 0 ? 0 : Math.Min(_credit / ReportsPerSlot(slots), slots);
        return [.. Enumerable.Range(0, (int)due).Select(i => (_next + i) % slots)];
    }

    /// <summary>Slots of which something is not stored, the most outdated first; the others are complete as they are.</summary>
    /// <param name="number">Of the newest event.</param>
    /// <param name="newestIn">Number of the newest event that changed a slot.</param>
    public IReadOnlyList<int> Stale(long number, Func<int, long> newestIn)
    {
        var stale = new List<int>();
        for (var slot = 0; slot < _completeThrough.Count; slot++)
        {
            if (newestIn(slot) > _completeThrough[slot])
            {
                stale.Add(slot);
            }
            else
            {
                _completeThrough[slot] = number;
            }
        }

        return [.. stale.OrderBy(slot => _completeThrough[slot])];
    }

    public void Wrote(IReadOnlyList<int> slots, long completeThrough)
    {
        foreach (var slot in slots)
        {
            _completeThrough[slot] = completeThrough;
            _next = slot + 1;
            _credit = Math.Max(0, _credit - ReportsPerSlot(_completeThrough.Count));
        }
    }

    private long ReportsPerSlot(int slots) => Math.Max((long)slots * slotSize, minimumRotation) / slots;
}
