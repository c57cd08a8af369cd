namespace Telemetry.Server.Insights.Projection;

/// <summary>The day of a chunk that is not over.</summary>
internal sealed class RunningDay
{
    private readonly List<List<uint>?> _changes = [];
    private readonly List<ushort> _stepsBack = [];
    private ulong[] _bits = [];

    /// <summary>How many installations were known when it began.</summary>
    public int CountBefore { get; private set; }

    public bool IsEmpty { get; private set; } = true;

    public uint[] Hours { get; private set; } = new uint[24];

    public ReadOnlySpan<ulong> Bits => _bits;

    public IReadOnlyList<ushort> StepsBack => _stepsBack;

    public void Report(int ordinal, int hour)
    {
        IsEmpty = false;
        if (ordinal >> 6 >= _bits.Length)
        {
            Array.Resize(ref _bits, Math.Max((ordinal >> 6) + 1, Math.Min(2 * _bits.Length, Chunk.Size / 64)));
        }

        _bits[ordinal >> 6] |= 1UL << ordinal;
        Hours[hour]++;
    }

    public void Change(int slot, int ordinal, ushort before)
    {
        while (_changes.Count <= slot)
        {
            _changes.Add(null);
        }

        (_changes[slot] ??= []).Add(ClosedDay.Change(ordinal, before));
    }

    public void StepBack(int ordinal) => _stepsBack.Add((ushort)ordinal);

    /// <summary>In the order in which they came; an installation can have several.</summary>
    public ReadOnlySpan<uint> ChangesOf(int slot) =>
        slot < _changes.Count ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_changes[slot]) : [];

    /// <summary>The day as it is kept, once it is over; null when nobody reported. Begins anew.</summary>
    public ClosedDay? Close(Chunk chunk)
    {
        var closed = IsEmpty ? null : ToDay(chunk.Count) with
        {
            Changes = [.. Enumerable.Range(0, _changes.Count).Select(slot => Kept(slot, chunk))],
        };
        CountBefore = chunk.Count;
        IsEmpty = true;
        _changes.Clear();
        _stepsBack.Clear();
        _bits = [];
        Hours = new uint[24];
        return closed;
    }

    /// <summary>The day as it is so far, with every change.</summary>
    /// <param name="count">How many installations are known.</param>
    public ClosedDay ToDay(int count) => new(
        count, _bits.AsSpan(0, Math.Min(_bits.Length, (count + 63) / 64)).ToArray(), [.. _changes.Select(changes => changes?.ToArray())], [.. _stepsBack], Hours);

    /// <summary>For what is put back from files.</summary>
    public void Begin(int countBefore) => CountBefore = countBefore;

    public void Restore(ClosedDay day)
    {
        IsEmpty = day.Bits.Length == 0;
        _bits = [.. day.Bits];
        Hours = [.. day.Hours];
        _stepsBack.AddRange(day.StepsBack);
        for (var slot = 0; slot < day.Changes.Length; slot++)
        {
            foreach (var change in day.ChangesOf(slot))
            {
                Change(slot, ClosedDay.OrdinalOf(change), ClosedDay.BeforeOf(change));
            }
        }
    }

    public void Erase(int ordinal)
    {
        if (ordinal >> 6 < _bits.Length)
        {
            _bits[ordinal >> 6] &= ~(1UL << ordinal);
        }

        _stepsBack.RemoveAll(other => other == ordinal);
        foreach (var changes in _changes)
        {
            changes?.RemoveAll(change => ClosedDay.OrdinalOf(change) == ordinal);
        }
    }

    /// <summary>The oldest one of each installation that was there before the day, unless it ended as it began.</summary>
    private uint[]? Kept(int slot, Chunk chunk)
    {
        var changes = ChangesOf(slot);
        if (changes.IsEmpty)
        {
            return null;
        }

        var kept = new List<uint>(changes.Length);
        var seen = new HashSet<int>();
        foreach (var change in changes)
        {
            var ordinal = ClosedDay.OrdinalOf(change);
            if (ordinal < CountBefore && seen.Add(ordinal) && chunk.CodeOf(slot, ordinal) != ClosedDay.BeforeOf(change))
            {
                kept.Add(change);
            }
        }

        return kept.Count > 0 ? [.. kept] : null;
    }
}
