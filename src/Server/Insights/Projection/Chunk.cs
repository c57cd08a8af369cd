using System.Numerics;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Insights.Projection;

/// <summary>Up to 65,536 installations of one app, in the order of their first reports: what they say now, and the days behind them.</summary>
/// <remarks>
/// A past state is the present one with later changes undone. An ordinal is never given again, so a cohort is a range of
/// ordinals. Threading: changed under the projection's gate; closed days are read without it.
/// </remarks>
internal sealed class Chunk
{
    public const int Size = 65_536;

    /// <summary>What a day is counted from where 16 bits tell it: they last until 2176.</summary>
    private const int DayZero = 10_000;

    private readonly List<SharedCells<ushort>?> _codes = [];
    private readonly List<Column> _measures = [];
    private SharedCells<InstanceId> _ids = new();
    private SharedCells<long> _firstSeenMs = new();
    private SharedCells<long> _lastSeenMs = new();
    private SharedCells<uint> _reportCounts = new();

    /// <summary>The second day with a report of each, by <see cref="ShortDayOf"/>; 0 while there is none.</summary>
    private SharedCells<ushort> _secondDays = new();
    private ClosedDay?[] _closed = [];
    private int[] _countAtEnd = [];

    public int Count { get; private set; }

    public int ErasedCount { get; private set; }

    /// <summary>Installations that were erased; null when none was.</summary>
    public ulong[]? Erased { get; private set; }

    /// <summary>The day of the first entry of <see cref="Closed"/>.</summary>
    public int FirstDay { get; private set; }

    /// <summary>Days that are over, from <see cref="FirstDay"/> on; null where nobody reported.</summary>
    public ReadOnlyMemory<ClosedDay?> Closed => _closed.AsMemory(0, ClosedCount);

    /// <summary>How many installations were known at the end of each of those days.</summary>
    public ReadOnlyMemory<int> CountAtEnd => _countAtEnd.AsMemory(0, ClosedCount);

    public int ClosedCount { get; private set; }

    public RunningDay Running { get; } = new();

    /// <summary>Number of the newest event that it has seen.</summary>
    public long Seen { get; set; }

    /// <summary>The day that is not over.</summary>
    public int RunningDay { get; private set; } = int.MinValue;

    /// <summary>Whether it changed since it was written to its file.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Whether something was erased since it was written to its file.</summary>
    public bool IsErasureUnwritten { get; set; }

    /// <summary>Places of closed days that an erasure changed since they were written to files.</summary>
    public HashSet<int> ChangedDays { get; } = [];

    /// <summary>Digests of the days that are on disk, the first of the closed ones; 0 where nobody reported. For the thread that writes.</summary>
    public List<ulong> KeptDays { get; } = [];

    public InstanceId IdOf(int ordinal) => _ids[ordinal];

    public long FirstSeenMsOf(int ordinal) => _firstSeenMs[ordinal];

    public long LastSeenMsOf(int ordinal) => _lastSeenMs[ordinal];

    public uint ReportCountOf(int ordinal) => _reportCounts[ordinal];

    public bool IsErased(int ordinal) => Erased is not null && (Erased[ordinal >> 6] >> ordinal & 1) != 0;

    public static ushort ShortDayOf(int day) => (ushort)Math.Clamp(day - DayZero, 1, ushort.MaxValue);

    public ushort CodeOf(int slot, int ordinal) => slot < _codes.Count && _codes[slot] is { } codes ? codes[ordinal] : (ushort)0;

    /// <summary>A dimension's codes by ordinal; empty when nobody ever told it.</summary>
    public ReadOnlySpan<ushort> CodesOf(int slot) => slot < _codes.Count && _codes[slot] is { } codes ? codes.Span[..Count] : [];

    /// <summary>What it says now, to be looked at for as long as one likes; null for codes that nobody ever told.</summary>
    public ushort[]? LookAtCodes(int slot) => slot < _codes.Count ? _codes[slot]?.Look() : null;

    public InstanceId[] LookAtIds() => _ids.Look();

    public long[] LookAtFirstSeen() => _firstSeenMs.Look();

    public long[] LookAtLastSeen() => _lastSeenMs.Look();

    public uint[] LookAtReportCounts() => _reportCounts.Look();

    public ushort[] LookAtSecondDays() => _secondDays.Look();

    /// <summary>A measure's numbers, one more than what was told and 0 for nothing; null when nobody ever told it.</summary>
    public Column? MeasureOf(int slot) => slot < _measures.Count ? _measures[slot] : null;

    public int Add(InstanceId id, long nowMs)
    {
        IsDirty = true;
        if (Count == _ids.Length)
        {
            Grow(Math.Clamp(2 * Count, 64, Size));
        }

        _ids.SetNew(Count, id);
        _firstSeenMs.SetNew(Count, nowMs);
        return Count++;
    }

    public void Report(int ordinal, long nowMs)
    {
        _lastSeenMs[ordinal] = nowMs;
        _reportCounts[ordinal]++;
        if (ordinal < Running.CountBefore && _secondDays[ordinal] == 0)
        {
            _secondDays[ordinal] = ShortDayOf(RunningDay);
        }

        Running.Report(ordinal, UtcDay.HourOf(nowMs));
        IsDirty = true;
    }

    /// <returns>The code before.</returns>
    public ushort SetCode(int slot, int ordinal, ushort code)
    {
        while (_codes.Count <= slot)
        {
            _codes.Add(null);
        }

        if (_codes[slot] is not { } codes)
        {
            if (code == 0)
            {
                return 0;
            }

            _codes[slot] = codes = new SharedCells<ushort>();
            codes.Resize(_ids.Length);
        }

        var before = codes[ordinal];
        if (before != code)
        {
            codes[ordinal] = code;
        }

        return before;
    }

    public void SetMeasure(int slot, int ordinal, ulong cell)
    {
        while (_measures.Count <= slot)
        {
            _measures.Add(new Column());
        }

        _measures[slot][ordinal] = cell;
    }

    /// <summary>Ends the running day when a later one begins.</summary>
    public void BeginDay(int day)
    {
        if (RunningDay == int.MinValue)
        {
            RunningDay = day;
        }

        if (day <= RunningDay)
        {
            return;
        }

        var closed = Running.Close(this);
        IsDirty |= closed is not null;
        if (ClosedCount == 0)
        {
            // Nothing is known before the first report.
            FirstDay = closed is null ? day : RunningDay;
        }

        if (ClosedCount > 0 || closed is not null)
        {
            Keep(closed, Count);
            while (FirstDay + ClosedCount < day)
            {
                Keep(null, Count);
            }
        }

        RunningDay = day;
    }

    /// <summary>For what is read from files: the days that are over, and their digests.</summary>
    public void RestoreDays(ClosedDay?[] days, ulong[] digests)
    {
        (_closed, ClosedCount) = (days, days.Length);
        KeptDays.AddRange(digests);
    }

    /// <summary>It as it is now, for somebody who only reads, and without the days that are over.</summary>
    public Chunk Look()
    {
        var look = new Chunk
        {
            Count = Count,
            Erased = Erased,
            FirstDay = FirstDay,
            ClosedCount = ClosedCount,
            Seen = Seen,
            RunningDay = RunningDay,
            _ids = _ids.Share(),
            _firstSeenMs = _firstSeenMs.Share(),
            _lastSeenMs = _lastSeenMs.Share(),
            _reportCounts = _reportCounts.Share(),
            _secondDays = _secondDays.Share(),
            _countAtEnd = _countAtEnd,
        };
        look._codes.AddRange(_codes.Select(codes => codes?.Share()));
        look._measures.AddRange(_measures.Select(measure => measure.Look()));
        look.Running.Begin(Running.CountBefore);
        look.Running.Restore(Running.ToDay(Count));
        return look;
    }

    /// <summary>Everything but the days that are over.</summary>
    public void Write(ByteWriter writer)
    {
        writer.Value(Count);
        writer.Value(Seen);
        writer.Value(RunningDay);
        writer.Array<int>(CountAtEnd.Span);
        writer.Array<ulong>(Erased);
        writer.Array(_ids.Span[..Count]);
        writer.Array(_firstSeenMs.Span[..Count]);
        writer.Array(_lastSeenMs.Span[..Count]);
        writer.Array(_reportCounts.Span[..Count]);
        writer.Array(_secondDays.Span[..Count]);
        writer.Value(_codes.Count);
        for (var slot = 0; slot < _codes.Count; slot++)
        {
            writer.Array(CodesOf(slot));
        }

        writer.Value(_measures.Count);
        foreach (var measure in _measures)
        {
            writer.Value(measure.Blocks.Count);
            foreach (var block in measure.Blocks)
            {
                writer.Array<byte>(block);
            }
        }

        writer.Value(Running.CountBefore);
        KeptDay.Write(writer, Running.ToDay(Count));
    }

    public static Chunk Read(ref ByteReader reader, int firstDay)
    {
        var count = reader.Value<int>();
        var chunk = new Chunk { Seen = reader.Value<long>(), RunningDay = reader.Value<int>(), FirstDay = firstDay };
        chunk._countAtEnd = reader.Span<int>().ToArray();
        chunk.Erased = reader.Span<ulong>() is { Length: > 0 } erased ? erased.ToArray() : null;
        chunk.ErasedCount = chunk.Erased?.Sum(word => BitOperations.PopCount(word)) ?? 0;
        chunk._ids = new SharedCells<InstanceId>(reader.Span<InstanceId>());
        chunk._firstSeenMs = new SharedCells<long>(reader.Span<long>());
        chunk._lastSeenMs = new SharedCells<long>(reader.Span<long>());
        chunk._reportCounts = new SharedCells<uint>(reader.Span<uint>());
        chunk._secondDays = new SharedCells<ushort>(reader.Span<ushort>());
        for (var slots = reader.Value<int>(); slots > 0; slots--)
        {
            chunk._codes.Add(reader.Span<ushort>() is { Length: > 0 } codes ? new SharedCells<ushort>(codes) : null);
        }

        for (var slots = reader.Value<int>(); slots > 0; slots--)
        {
            var measure = new Column();
            for (var blocks = reader.Value<int>(); blocks > 0; blocks--)
            {
                measure.AddBlock(reader.Span<byte>());
            }

            chunk._measures.Add(measure);
        }

        chunk.Count = count;
        chunk.Running.Begin(reader.Value<int>());
        chunk.Running.Restore(KeptDay.Read(ref reader));
        return chunk;
    }

    /// <summary>Forgets days before one.</summary>
    public void DropDaysBefore(int day)
    {
        // Questions that run read the old ones to their end.
        var closed = (ClosedDay?[])_closed.Clone();
        Array.Clear(closed, 0, Math.Clamp(day - FirstDay, 0, ClosedCount));
        _closed = closed;
    }

    /// <summary>Forgets everything about one installation, as if it had never reported. Its ordinal stays empty.</summary>
    public void Erase(int ordinal)
    {
        Forget([ordinal]);
        IsErasureUnwritten = true;
        Running.Erase(ordinal);
        // Questions that run read the old ones to their end.
        var closed = (ClosedDay?[])_closed.Clone();
        for (var at = 0; at < ClosedCount; at++)
        {
            if (closed[at] is { } day && day.Tells(ordinal))
            {
                closed[at] = Without(ordinal, day);
                ChangedDays.Add(at);
            }
        }

        _closed = closed;
    }

    /// <summary>Forgets installations of which no day that is kept, nor the running one, tells anything. Their ordinals stay empty.</summary>
    public void Forget(IReadOnlyCollection<int> ordinals)
    {
        // Questions that run read the old one to their end.
        Erased = (ulong[]?)Erased?.Clone() ?? new ulong[Size / 64];
        foreach (var ordinal in ordinals)
        {
            Erased[ordinal >> 6] |= 1UL << ordinal;
            ErasedCount++;
            _ids[ordinal] = default;
            _firstSeenMs[ordinal] = _lastSeenMs[ordinal] = _reportCounts[ordinal] = _secondDays[ordinal] = 0;
            foreach (var codes in _codes)
            {
                codes?[ordinal] = 0;
            }

            foreach (var measure in _measures)
            {
                measure[ordinal] = 0;
            }
        }

        IsDirty = true;
    }

    /// <summary>Codes by dimension's slot that an installation has or had.</summary>
    public IEnumerable<(int Slot, ushort Code)> CodesEverOf(int ordinal)
    {
        for (var slot = 0; slot < _codes.Count; slot++)
        {
            yield return (slot, CodeOf(slot, ordinal));
            foreach (var changes in ChangesEver(slot))
            {
                foreach (var change in changes)
                {
                    if (ClosedDay.OrdinalOf(change) == ordinal)
                    {
                        yield return (slot, ClosedDay.BeforeOf(change));
                    }
                }
            }
        }
    }

    /// <summary>Whether any installation has or had a code.</summary>
    public bool IsUsed(int slot, ushort code) => CodesOf(slot).Contains(code)
        || ChangesEver(slot).Any(changes => Array.Exists(changes, change => ClosedDay.BeforeOf(change) == code));

    private IEnumerable<uint[]> ChangesEver(int slot)
    {
        yield return Running.ChangesOf(slot).ToArray();
        for (var at = 0; at < ClosedCount; at++)
        {
            if (_closed[at]?.Changes is { } changes && slot < changes.Length && changes[slot] is { } some)
            {
                yield return some;
            }
        }
    }

    private static ClosedDay Without(int ordinal, ClosedDay day)
    {
        var bits = (ulong[])day.Bits.Clone();
        if (ordinal >> 6 < bits.Length)
        {
            bits[ordinal >> 6] &= ~(1UL << ordinal);
        }

        return day with
        {
            Bits = bits,
            StepsBack = [.. day.StepsBack.Where(other => other != ordinal)],
            Changes = [.. day.Changes.Select(changes => changes?.Where(change => ClosedDay.OrdinalOf(change) != ordinal).ToArray())],
        };
    }

    private void Keep(ClosedDay? day, int count)
    {
        if (ClosedCount == _closed.Length)
        {
            Array.Resize(ref _closed, Math.Max(16, ClosedCount + (ClosedCount / 4)));
        }

        if (ClosedCount == _countAtEnd.Length)
        {
            Array.Resize(ref _countAtEnd, _closed.Length);
        }

        _countAtEnd[ClosedCount] = count;
        _closed[ClosedCount++] = day;
    }

    private void Grow(int size)
    {
        _ids.Resize(size);
        _firstSeenMs.Resize(size);
        _lastSeenMs.Resize(size);
        _reportCounts.Resize(size);
        _secondDays.Resize(size);
        foreach (var codes in _codes)
        {
            codes?.Resize(size);
        }
    }
}
