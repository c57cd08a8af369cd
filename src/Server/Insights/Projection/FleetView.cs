using System.Buffers;
using Telemetry.Schema;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Insights.Projection;

/// <summary>What a question reads of each installation, by the paths of fields.</summary>
/// <param name="Dimensions">Dimensions, past states of which can be asked for.</param>
/// <param name="Measures">Measures, of which the latest values are known.</param>
/// <param name="OneShotsAt">The moment for which to look who has one report of 48 hours ago; null for not.</param>
internal sealed record ViewNeeds(IReadOnlyList<string> Dimensions, IReadOnlyList<string> Measures, DateTimeOffset? OneShotsAt = null)
{
    public static readonly ViewNeeds Nothing = new([], []);
}

/// <summary>What a question needs of the fleet, as it was at one position.</summary>
/// <param name="Position">The position.</param>
/// <param name="Time">The moment.</param>
/// <param name="Today">The day of the moment.</param>
/// <param name="RunningDay">The day of the newest event, whose figures can still grow.</param>
/// <param name="OldestDay">The first day that is kept, when earlier ones were dropped.</param>
/// <param name="Generation">Of erasures.</param>
/// <param name="Apps">The apps.</param>
internal sealed record FleetView(
    FeedPosition Position, DateTimeOffset Time, int Today, int RunningDay, int OldestDay, int Generation,
    IReadOnlyList<AppView> Apps) : IDisposable
{
    /// <summary>Whether all that a look back from a day needs is kept.</summary>
    public bool IsKept(int day) => OldestDay == int.MinValue || day >= OldestDay;

    public void Dispose()
    {
        foreach (var app in Apps)
        {
            app.Dispose();
        }
    }
}

/// <summary>What a question needs of one app.</summary>
internal sealed class AppView : IDisposable
{
    public AppView(AppProjection app, int runningDay, int oldestDay, ViewNeeds needs)
    {
        App = app.App;
        Schema = app.Schema;
        int?[] slots = [.. needs.Dimensions.Select(path => app.Dimensions.TryGetValue(path, out var slot) ? slot : (int?)null)];
        int?[] measures = [.. needs.Measures.Select(path => app.Measures.TryGetValue(path, out var slot) ? slot : (int?)null)];
        Values = [.. slots.Select(slot => slot is { } known ? app.Codes[known].Snapshot() : (ReadOnlyMemory<string>?)null)];
        MeasureFields = [.. needs.Measures.Select(path => Schema.Fields.FirstOrDefault(field => field.Path == path && field.IsMeasure()))];
        Chunks = [.. app.Chunks.Select(chunk => new ChunkView(chunk, runningDay, oldestDay, slots, measures, needs.OneShotsAt))];
    }

    public string App { get; }

    public ReportSchema Schema { get; }

    /// <summary>Of each dimension asked for: its values by their codes; null when the app has no such field.</summary>
    public IReadOnlyList<ReadOnlyMemory<string>?> Values { get; }

    /// <summary>Of each measure asked for; null when the app has no such field.</summary>
    public IReadOnlyList<SchemaField?> MeasureFields { get; }

    public IReadOnlyList<ChunkView> Chunks { get; }

    public void Dispose()
    {
        foreach (var chunk in Chunks)
        {
            chunk.Dispose();
        }
    }
}

/// <summary>What a question needs of one chunk. What still changes is copied, what is closed is not.</summary>
internal sealed class ChunkView : IDisposable
{
    private readonly int _firstDay;
    private readonly ReadOnlyMemory<ClosedDay?> _closed;
    private readonly ReadOnlyMemory<int> _countAtEnd;
    private readonly ulong[] _runningBits;
    private readonly uint[] _runningHours;
    private readonly int?[] _slots;
    private readonly uint[][] _runningChanges;
    private readonly ushort[]?[] _codes;

    public ChunkView(Chunk chunk, int runningDay, int oldestDay, int?[] slots, int?[] measures, DateTimeOffset? oneShotsAt)
    {
        Count = chunk.Count;
        RunningDay = runningDay;
        OldestDay = oldestDay;
        Erased = (ulong[]?)chunk.Erased?.Clone();
        _firstDay = chunk.ClosedCount == 0 ? runningDay : chunk.FirstDay;
        _closed = chunk.Closed;
        _countAtEnd = chunk.CountAtEnd;
        _runningBits = chunk.Running.Bits.ToArray();
        _runningHours = [.. chunk.Running.Hours];
        _slots = slots;
        _runningChanges = [.. slots.Select(slot => slot is { } known ? chunk.Running.ChangesOf(known).ToArray() : [])];
        _codes = [.. slots.Select(slot => slot is { } known ? Copied(chunk.CodesOf(known)) : null)];
        Measures = [.. measures.Select(slot => slot is { } known ? chunk.MeasureOf(known)?.Copy() : null)];
        OneShots = oneShotsAt is { } now ? OneShotsOf(chunk, now.AddHours(-48).ToUnixTimeMilliseconds()) : [];
    }

    public int Count { get; }

    /// <summary>How many words a mask of its installations has.</summary>
    public int Words => (Count + 63) / 64;

    public int RunningDay { get; }

    /// <summary>The first day that is kept, when earlier ones were dropped.</summary>
    public int OldestDay { get; }

    /// <summary>The first day of which anything is known.</summary>
    public int FirstDay => _firstDay;

    public ulong[]? Erased { get; }

    /// <summary>Of each measure asked for: one more than what was told, 0 for nothing; null when nobody told any.</summary>
    public IReadOnlyList<Column?> Measures { get; }

    /// <summary>Who has one report, of 48 hours ago or more.</summary>
    public ulong[] OneShots { get; }

    /// <summary>Who reported on a day; may be shorter than a mask.</summary>
    public ReadOnlySpan<ulong> Bits(int day) => day == RunningDay
        ? _runningBits.AsSpan(0, Math.Min(_runningBits.Length, Words))
        : ClosedOn(day) is { } closed ? closed.Bits : [];

    /// <summary>How many were known at the end of a day.</summary>
    public int KnownAt(int day) => day >= RunningDay ? Count : day < _firstDay ? 0
        : _countAtEnd.Span[Math.Min(day - _firstDay, _countAtEnd.Length - 1)];

    public ClosedDay? ClosedOn(int day) =>
        day >= _firstDay && day - _firstDay < _closed.Length ? _closed.Span[day - _firstDay] : null;

    /// <summary>Accepted reports by hour of a day; empty when there were none.</summary>
    public ReadOnlySpan<uint> HoursOn(int day) => day == RunningDay ? _runningHours : ClosedOn(day) is { } closed ? closed.Hours : [];

    /// <summary>A dimension's codes at the end of the running day; null when nobody ever told any. For the question alone: it may change them.</summary>
    /// <param name="dimension">Its place among those asked for.</param>
    public ushort[]? CodesOf(int dimension) => _codes[dimension];


    /// <summary>What changed on a day, the oldest first.</summary>
    public ReadOnlySpan<uint> ChangesOf(int day, int dimension) =>
        _slots[dimension] is not { } slot ? []
        : day == RunningDay ? _runningChanges[dimension]
        : ClosedOn(day) is { } closed ? closed.ChangesOf(slot) : [];

    /// <summary>Brings a dimension's codes from the end of one day back to that of an earlier one.</summary>
    public void Undo(int dimension, int fromDay, int toDay)
    {
        if (_codes[dimension] is not { } codes)
        {
            return;
        }

        for (var day = Math.Min(fromDay, RunningDay); day > toDay && day >= _firstDay; day--)
        {
            var changes = ChangesOf(day, dimension);
            for (var i = changes.Length - 1; i >= 0; i--)
            {
                codes[ClosedDay.OrdinalOf(changes[i])] = ClosedDay.BeforeOf(changes[i]);
            }
        }
    }

    public void Dispose()
    {
        foreach (var codes in _codes)
        {
            if (codes is not null)
            {
                ArrayPool<ushort>.Shared.Return(codes);
            }
        }
    }

    private static ushort[]? Copied(ReadOnlySpan<ushort> codes)
    {
        if (codes.IsEmpty)
        {
            return null;
        }

        var copy = ArrayPool<ushort>.Shared.Rent(codes.Length);
        codes.CopyTo(copy);
        return copy;
    }

    private static ulong[] OneShotsOf(Chunk chunk, long beforeMs)
    {
        var mask = new ulong[(chunk.Count + 63) / 64];
        for (var ordinal = 0; ordinal < chunk.Count; ordinal++)
        {
            if (chunk.ReportCountOf(ordinal) == 1 && chunk.LastSeenMsOf(ordinal) <= beforeMs)
            {
                mask[ordinal >> 6] |= 1UL << ordinal;
            }
        }

        return mask;
    }
}
