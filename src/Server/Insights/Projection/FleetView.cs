using System.Buffers;
using Telemetry.Schema;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Insights.Projection;

/// <summary>What a question reads of each installation, by the paths of fields.</summary>
/// <param name="Dimensions">Dimensions, past states of which can be asked for.</param>
/// <param name="Measures">Measures, of which the latest values are known.</param>
/// <param name="Reports">Whether it is read when each reported last, and how often: what changes with every report.</param>
internal sealed record ViewNeeds(IReadOnlyList<string> Dimensions, IReadOnlyList<string> Measures, bool Reports = false)
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
    private readonly IReadOnlyList<string> _dimensions;
    private readonly IReadOnlyList<string> _measures;

    public AppView(AppProjection app, FleetMoment moment, ViewNeeds needs)
    {
        App = app.App;
        Schema = app.Schema;
        _dimensions = needs.Dimensions;
        _measures = needs.Measures;
        int?[] slots = [.. needs.Dimensions.Select(path => app.Dimensions.TryGetValue(path, out var slot) ? slot : (int?)null)];
        int?[] measures = [.. needs.Measures.Select(path => app.Measures.TryGetValue(path, out var slot) ? slot : (int?)null)];
        Values = [.. slots.Select(slot => slot is { } known ? app.Codes[known].Snapshot() : (ReadOnlyMemory<string>?)null)];
        MeasureFields = [.. needs.Measures.Select(path => Schema.Fields.FirstOrDefault(field => field.Path == path && field.IsMeasure()))];
        Chunks = [.. app.Chunks.Select(chunk => new ChunkView(chunk, moment, slots, measures, needs.Reports))];
    }

    public string App { get; }

    public ReportSchema Schema { get; }

    /// <summary>Of each dimension asked for: its values by their codes; null when the app has no such field.</summary>
    public IReadOnlyList<ReadOnlyMemory<string>?> Values { get; }

    /// <summary>Of each measure asked for; null when the app has no such field.</summary>
    public IReadOnlyList<SchemaField?> MeasureFields { get; }

    public IReadOnlyList<ChunkView> Chunks { get; }

    /// <summary>The place of a dimension among those asked for; -1 when it was not asked for.</summary>
    public int DimensionOf(string path) => PlaceOf(path, _dimensions);

    /// <summary>The place of a measure among those asked for; -1 when it was not asked for.</summary>
    public int MeasurePlaceOf(string path) => PlaceOf(path, _measures);

    /// <summary>The values of a dimension that was asked for; null when the app has no such field.</summary>
    public ReadOnlyMemory<string>? ValuesOf(string path) => DimensionOf(path) is var at and >= 0 ? Values[at] : null;

    /// <summary>A measure that was asked for; null when the app has no such field.</summary>
    public SchemaField? MeasureOf(string path) => MeasurePlaceOf(path) is var at and >= 0 ? MeasureFields[at] : null;

    private static int PlaceOf(string path, IReadOnlyList<string> paths)
    {
        for (var at = 0; at < paths.Count; at++)
        {
            if (paths[at] == path)
            {
                return at;
            }
        }

        return -1;
    }

    public void Dispose()
    {
        foreach (var chunk in Chunks)
        {
            chunk.Dispose();
        }
    }
}

/// <summary>When a view is taken.</summary>
/// <param name="Time">The moment.</param>
/// <param name="RunningDay">The day of the newest event.</param>
/// <param name="OldestDay">The first day that is kept, when earlier ones were dropped.</param>
internal readonly record struct FleetMoment(DateTimeOffset Time, int RunningDay, int OldestDay);

/// <summary>What a question needs of one chunk: no copy, but what others change is not this any more.</summary>
internal sealed class ChunkView : IDisposable
{
    private readonly DateTimeOffset _time;
    private readonly int _firstDay;
    private readonly ReadOnlyMemory<ClosedDay?> _closed;
    private readonly ReadOnlyMemory<int> _countAtEnd;
    private readonly ulong[] _runningBits;
    private readonly uint[] _runningHours;
    private readonly int?[] _slots;
    private readonly uint[][] _runningChanges;
    private readonly ushort[]?[] _looked;
    private readonly ushort[]?[] _codes;

    /// <summary>By dimension: the day at the end of which the codes are.</summary>
    private readonly int[] _at;
    private readonly InstanceId[] _ids;
    private readonly long[] _firstSeenMs;
    private readonly long[] _lastSeenMs;
    private readonly uint[] _reportCounts;
    private readonly ushort[] _secondDays;

    public ChunkView(Chunk chunk, FleetMoment moment, int?[] slots, int?[] measures, bool reports)
    {
        _time = moment.Time;
        Count = chunk.Count;
        RunningDay = moment.RunningDay;
        OldestDay = moment.OldestDay;
        Erased = chunk.Erased;
        _firstDay = chunk.ClosedCount == 0 ? RunningDay : chunk.FirstDay;
        _closed = chunk.Closed;
        _countAtEnd = chunk.CountAtEnd;
        _runningBits = chunk.Running.Bits.ToArray();
        _runningHours = [.. chunk.Running.Hours];
        _slots = slots;
        _runningChanges = [.. slots.Select(slot => slot is { } known ? chunk.Running.ChangesOf(known).ToArray() : [])];
        _looked = [.. slots.Select(slot => slot is { } known ? chunk.LookAtCodes(known) : null)];
        _codes = [.. _looked];
        _at = new int[slots.Length];
        Array.Fill(_at, RunningDay);
        Measures = [.. measures.Select(slot => slot is { } known ? chunk.MeasureOf(known)?.Look() : null)];
        _ids = chunk.LookAtIds();
        _firstSeenMs = chunk.LookAtFirstSeen();
        _secondDays = chunk.LookAtSecondDays();
        _lastSeenMs = reports ? chunk.LookAtLastSeen() : [];
        _reportCounts = reports ? chunk.LookAtReportCounts() : [];
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

    public ReadOnlySpan<InstanceId> Ids => _ids.AsSpan(0, Count);

    public ReadOnlySpan<long> FirstSeenMs => _firstSeenMs.AsSpan(0, Count);

    /// <summary>The second day with a report of each, as <see cref="Chunk.ShortDayOf"/> writes it; 0 where there is none.</summary>
    public ReadOnlySpan<ushort> SecondDays => _secondDays.AsSpan(0, Count);

    /// <summary>For views that need reports.</summary>
    public ReadOnlySpan<long> LastSeenMs => _lastSeenMs.AsSpan(0, Count);

    /// <summary>For views that need reports.</summary>
    public ReadOnlySpan<uint> ReportCounts => _reportCounts.AsSpan(0, Count);

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

    /// <summary>A dimension's codes at the end of the running day, or where they were taken back to; empty when nobody ever told any.</summary>
    /// <param name="dimension">Its place among those asked for.</param>
    public ReadOnlySpan<ushort> CodesOf(int dimension) => _codes[dimension] is { } codes ? codes.AsSpan(0, Count) : [];

    /// <summary>The same, to be taken back: a copy of one's own.</summary>
    public Span<ushort> OwnCodesOf(int dimension)
    {
        if (_codes[dimension] is not { } codes)
        {
            return [];
        }

        if (ReferenceEquals(codes, _looked[dimension]))
        {
            var own = ArrayPool<ushort>.Shared.Rent(Count);
            codes.AsSpan(0, Count).CopyTo(own);
            _codes[dimension] = codes = own;
        }

        return codes.AsSpan(0, Count);
    }

    /// <summary>What changed on a day, the oldest first.</summary>
    public ReadOnlySpan<uint> ChangesOf(int day, int dimension) =>
        _slots[dimension] is not { } slot ? []
        : day == RunningDay ? _runningChanges[dimension]
        : ClosedOn(day) is { } closed ? closed.ChangesOf(slot) : [];

    /// <summary>Takes a dimension's codes to the end of a day: back by undoing what changed since, forward by beginning anew.</summary>
    public void GoTo(int dimension, int day)
    {
        if (day > _at[dimension] && _at[dimension] < RunningDay)
        {
            _looked[dimension].AsSpan(0, _looked[dimension] is null ? 0 : Count).CopyTo(OwnCodesOf(dimension));
            _at[dimension] = RunningDay;
        }

        for (var at = _at[dimension]; at > day && at >= _firstDay; at--)
        {
            if (ChangesOf(at, dimension) is { IsEmpty: false } changes)
            {
                var codes = OwnCodesOf(dimension);
                for (var i = changes.Length - 1; i >= 0; i--)
                {
                    codes[ClosedDay.OrdinalOf(changes[i])] = ClosedDay.BeforeOf(changes[i]);
                }
            }
        }

        WentTo(dimension, day);
    }

    /// <summary>Tells that whoever changed the codes undid what changed after a day.</summary>
    public void WentTo(int dimension, int day) => _at[dimension] = Math.Min(_at[dimension], day);

    /// <summary>Sets who has one report, of 48 hours ago or more.</summary>
    public void AddOneShots(Span<ulong> mask)
    {
        var before = _time.AddHours(-48).ToUnixTimeMilliseconds();
        for (var ordinal = 0; ordinal < Count; ordinal++)
        {
            if (_reportCounts[ordinal] == 1 && _lastSeenMs[ordinal] <= before)
            {
                mask[ordinal >> 6] |= 1UL << ordinal;
            }
        }
    }

    public void Dispose()
    {
        for (var dimension = 0; dimension < _codes.Length; dimension++)
        {
            if (!ReferenceEquals(_codes[dimension], _looked[dimension]))
            {
                ArrayPool<ushort>.Shared.Return(_codes[dimension]!);
                _codes[dimension] = _looked[dimension];
            }
        }
    }
}
