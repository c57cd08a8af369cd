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

    private readonly List<ushort[]?> _codes = [];
    private readonly List<Column> _measures = [];
    private InstanceId[] _ids = [];
    private long[] _firstSeenMs = [];
    private long[] _lastSeenMs = [];
    private uint[] _reportCounts = [];
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

    /// <summary>Digests of the days that are on disk, the first of the closed ones; 0 where nobody reported. For the thread that writes.</summary>
    public List<ulong> KeptDays { get; } = [];

    public InstanceId IdOf(int ordinal) => _ids[ordinal];

    public long FirstSeenMsOf(int ordinal) => _firstSeenMs[ordinal];

    public long LastSeenMsOf(int ordinal) => _lastSeenMs[ordinal];

    public uint ReportCountOf(int ordinal) => _reportCounts[ordinal];

    public bool IsErased(int ordinal) => Erased is not null && (Erased[ordinal >> 6] >> ordinal & 1) != 0;

    public ushort CodeOf(int slot, int ordinal) => slot < _codes.Count && _codes[slot] is { } codes ? codes[ordinal] : (ushort)0;

    /// <summary>A dimension's codes by ordinal; empty when nobody ever told it.</summary>
    public ReadOnlySpan<ushort> CodesOf(int slot) => slot < _codes.Count && _codes[slot] is { } codes ? codes.AsSpan(0, Count) : [];

    /// <summary>A measure's numbers, one more than what was told and 0 for nothing; null when nobody ever told it.</summary>
    public Column? MeasureOf(int slot) => slot < _measures.Count ? _measures[slot] : null;

    public int Add(InstanceId id, long nowMs)
    {
        IsDirty = true;
        if (Count == _ids.Length)
        {
            Grow(Math.Clamp(2 * Count, 64, Size));
        }

        _ids[Count] = id;
        _firstSeenMs[Count] = nowMs;
        return Count++;
    }

    public void Report(int ordinal, long nowMs)
    {
        _lastSeenMs[ordinal] = nowMs;
        _reportCounts[ordinal]++;
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

            _codes[slot] = codes = new ushort[_ids.Length];
        }

        var before = codes[ordinal];
        codes[ordinal] = code;
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

    /// <summary>Everything but the days that are over.</summary>
    public void Write(ByteWriter writer)
    {
        writer.Value(Count);
        writer.Value(Seen);
        writer.Value(RunningDay);
        writer.Array<int>(CountAtEnd.Span);
        writer.Array<ulong>(Erased);
        writer.Array<InstanceId>(_ids.AsSpan(0, Count));
        writer.Array<long>(_firstSeenMs.AsSpan(0, Count));
        writer.Array<long>(_lastSeenMs.AsSpan(0, Count));
        writer.Array<uint>(_reportCounts.AsSpan(0, Count));
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
        chunk._ids = reader.Span<InstanceId>().ToArray();
        chunk._firstSeenMs = reader.Span<long>().ToArray();
        chunk._lastSeenMs = reader.Span<long>().ToArray();
        chunk._reportCounts = reader.Span<uint>().ToArray();
        for (var slots = reader.Value<int>(); slots > 0; slots--)
        {
            chunk._codes.Add(reader.Span<ushort>() is { Length: > 0 } codes ? codes.ToArray() : null);
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
        (Erased ??= new ulong[Size / 64])[ordinal >> 6] |= 1UL << ordinal;
        ErasedCount++;
        _ids[ordinal] = default;
        _firstSeenMs[ordinal] = _lastSeenMs[ordinal] = _reportCounts[ordinal] = 0;
        foreach (var codes in _codes)
        {
            codes?[ordinal] = 0;
        }

        foreach (var measure in _measures)
        {
            measure[ordinal] = 0;
        }

        Running.Erase(ordinal);
        // Questions that run read the old ones to their end.
        var closed = (ClosedDay?[])_closed.Clone();
        for (var at = 0; at < ClosedCount; at++)
        {
            closed[at] = closed[at] is { } day ? Without(ordinal, day) : null;
        }

        _closed = closed;
        IsDirty = true;
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
        Array.Resize(ref _ids, size);
        Array.Resize(ref _firstSeenMs, size);
        Array.Resize(ref _lastSeenMs, size);
        Array.Resize(ref _reportCounts, size);
        for (var slot = 0; slot < _codes.Count; slot++)
        {
            if (_codes[slot] is { } codes)
            {
                Array.Resize(ref codes, size);
                _codes[slot] = codes;
            }
        }
    }
}
