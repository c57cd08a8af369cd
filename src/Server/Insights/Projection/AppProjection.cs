using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Insights.Projection;

/// <summary>All installations of one app, as questions read them.</summary>
/// <remarks>
/// A field has a slot for the life of the projection, so that what was kept under an older contract stays what it was.
/// Threading: changed under the projection's gate.
/// </remarks>
internal sealed class AppProjection
{
    /// <summary>By slot: the names of what the server itself says.</summary>
    private static readonly Func<long, string>[] JudgedNames =
        [.. JudgedFields.All.Select(field => new Func<long, string>(value => field.Values.NameOf((int)value) ?? ""))];

    private readonly List<Chunk> _chunks = [];
    private readonly InstanceIndex _index;
    private readonly Dictionary<string, int> _dimensions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _measures = new(StringComparer.Ordinal);
    private readonly List<ValueCodes> _codes = [];
    private TextSource[] _textSources = [];
    private NumberSource[] _numberSources = [];
    private (int Slot, int Index)[] _measureSources = [];
    private int _versionSlot;
    private int _open;

    /// <param name="schema">The app's contract of now.</param>
    /// <param name="dimensions">Slots that were given before, with their values; null for a new app.</param>
    /// <param name="measures">Slots of measures that were given before.</param>
    public AppProjection(ReportSchema schema, IEnumerable<(string Path, ValueCodes Codes)>? dimensions = null, IEnumerable<string>? measures = null)
    {
        App = schema.App;
        _index = new InstanceIndex(ordinal => _chunks[ordinal / Chunk.Size].IdOf(ordinal % Chunk.Size));
        foreach (var (path, codes) in dimensions ?? JudgedFields.All.Select(field => (field.Path, new ValueCodes())))
        {
            _dimensions.Add(path, _codes.Count);
            _codes.Add(codes);
        }

        foreach (var path in measures ?? [])
        {
            MeasureSlotOf(path);
        }

        Use(schema);
    }

    public string App { get; }

    public ReportSchema Schema { get; private set; } = null!;

    public IReadOnlyList<Chunk> Chunks => _chunks;

    public IReadOnlyDictionary<string, int> Dimensions => _dimensions;

    public IReadOnlyDictionary<string, int> Measures => _measures;

    public IReadOnlyList<ValueCodes> Codes => _codes;

    /// <summary>Goes on by the app's next contract.</summary>
    public void Use(ReportSchema schema)
    {
        if (Schema == schema)
        {
            return;
        }

        Schema = schema;
        var dimensions = schema.Fields.Where(field => field.IsDimension()).ToList();
        _textSources = [.. dimensions.Where(field => field.Kind.Storage == KindStorage.Text)
            .Select(field => new TextSource(SlotOf(field.Path), field.Index, _codes[SlotOf(field.Path)]))];
        _numberSources = [.. dimensions.Where(field => field.Kind.Storage == KindStorage.Number)
            .Select(field => new NumberSource(SlotOf(field.Path), field.Index, _codes[SlotOf(field.Path)], field.TextOf))];
        _measureSources = [.. schema.Fields.Where(field => field.IsMeasure()).Select(field => (MeasureSlotOf(field.Path), field.Index))];
        _versionSlot = SlotOf(schema.Texts[CoreFields.AppVersion].Path);
    }

    /// <returns>The ordinal; -1 when there is none.</returns>
    public int Find(InstanceId instance) => _index.Find(instance);

    public void Apply(StoredReport stored, ReportValues values, int day)
    {
        var ordinal = _index.Find(stored.Instance);
        if (ordinal < 0)
        {
            ordinal = Add(stored, day);
            _index.Add(ordinal);
        }

        var chunk = _chunks[ordinal / Chunk.Size];
        if (chunk.Seen >= stored.Position.Number)
        {
            return;
        }

        chunk.Seen = stored.Position.Number;
        Apply(chunk, ordinal % Chunk.Size, stored, values);
    }

    public void Erase(InstanceId instance)
    {
        if (_index.Find(instance) is var ordinal and >= 0)
        {
            _index.Remove(ordinal);
            Erase(_chunks[ordinal / Chunk.Size], ordinal % Chunk.Size);
        }
    }

    /// <summary>Erases installations that are not in the index, of a chunk that is.</summary>
    private void Erase(Chunk chunk, int ordinal)
    {
        var codes = chunk.CodesEverOf(ordinal).Where(code => code.Code != 0).ToHashSet();
        chunk.Erase(ordinal);
        foreach (var (slot, code) in codes)
        {
            // Only it ever told this: then the value itself says something about it.
            if (!_chunks.Exists(other => other.IsUsed(slot, code)))
            {
                _codes[slot].Forget(code);
            }
        }
    }

    /// <summary>Forgets installations that were not heard of since before a day of which nothing is kept any more.</summary>
    public void ForgetSilent(long beforeMs)
    {
        for (var at = 0; at < _chunks.Count; at++)
        {
            var chunk = _chunks[at];
            var silent = Enumerable.Range(0, chunk.Count)
                .Where(ordinal => chunk.LastSeenMsOf(ordinal) < beforeMs && !chunk.IsErased(ordinal)).ToList();
            silent.ForEach(ordinal => _index.Remove((at * Chunk.Size) + ordinal));
            if (silent.Count > 0)
            {
                chunk.Forget(silent);
            }
        }
    }

    /// <summary>For what is read from files: erases whom nobody knows any more, before they are in the index.</summary>
    /// <param name="isKnown">By identity and first report.</param>
    public void EraseUnknown(Func<InstanceId, long, bool> isKnown)
    {
        foreach (var chunk in _chunks)
        {
            for (var ordinal = 0; ordinal < chunk.Count; ordinal++)
            {
                if (!chunk.IsErased(ordinal) && !isKnown(chunk.IdOf(ordinal), chunk.FirstSeenMsOf(ordinal)))
                {
                    Erase(chunk, ordinal);
                }
            }
        }
    }

    /// <summary>For what is read from files.</summary>
    public void Restore(Chunk chunk) => _chunks.Add(chunk);

    /// <summary>Once all chunks are there.</summary>
    public void MakeIndex()
    {
        for (var at = 0; at < _chunks.Count; at++)
        {
            for (var ordinal = 0; ordinal < _chunks[at].Count; ordinal++)
            {
                if (!_chunks[at].IsErased(ordinal))
                {
                    _index.Add((at * Chunk.Size) + ordinal);
                }
            }
        }
    }

    public int SlotOf(string path)
    {
        if (!_dimensions.TryGetValue(path, out var slot))
        {
            _dimensions.Add(path, slot = _codes.Count);
            _codes.Add(new ValueCodes());
        }

        return slot;
    }

    public int MeasureSlotOf(string path)
    {
        if (!_measures.TryGetValue(path, out var slot))
        {
            _measures.Add(path, slot = _measures.Count);
        }

        return slot;
    }

    /// <remarks>The first chunk with room: after a restart the last one can be newer than what is known of the one before.</remarks>
    private int Add(StoredReport stored, int day)
    {
        while (_open < _chunks.Count && _chunks[_open].Count == Chunk.Size)
        {
            _open++;
        }

        if (_open == _chunks.Count)
        {
            _chunks.Add(new Chunk());
            _chunks[_open].BeginDay(day);
        }

        return (_open * Chunk.Size) + _chunks[_open].Add(stored.Instance, stored.AcceptedAtMs);
    }

    private void Apply(Chunk chunk, int ordinal, StoredReport stored, ReportValues values)
    {
        chunk.Report(ordinal, stored.AcceptedAtMs);
        Set(chunk, 0, ordinal, JudgedCode(chunk, 0, ordinal, (int)stored.Claim.Verdict));
        Set(chunk, 1, ordinal, JudgedCode(chunk, 1, ordinal, (int)stored.Claim.Reason));
        Set(chunk, 2, ordinal, JudgedCode(chunk, 2, ordinal, (int)stored.CountrySource));
        foreach (var source in _textSources)
        {
            Set(chunk, source.Slot, ordinal, source.Codes.Of(values.Texts[source.Index], chunk.CodeOf(source.Slot, ordinal)));
        }

        foreach (var source in _numberSources)
        {
            var cell = values.Numbers[source.Index];
            Set(chunk, source.Slot, ordinal, Cell.IsValue(cell) ? source.Codes.Of(cell, chunk.CodeOf(source.Slot, ordinal), source.TextOf) : (ushort)0);
        }

        foreach (var (slot, index) in _measureSources)
        {
            var cell = values.Numbers[index];
            chunk.SetMeasure(slot, ordinal, Cell.IsValue(cell) ? (ulong)cell + 1 : 0);
        }
    }

    private ushort JudgedCode(Chunk chunk, int slot, int ordinal, int number) =>
        number == 0 ? (ushort)0 : _codes[slot].Of(number, chunk.CodeOf(slot, ordinal), JudgedNames[slot]);

    private void Set(Chunk chunk, int slot, int ordinal, ushort code)
    {
        var before = chunk.SetCode(slot, ordinal, code);
        if (before == code || chunk.ReportCountOf(ordinal) <= 1)
        {
            return;
        }

        chunk.Running.Change(slot, ordinal, before);
        if (slot == _versionSlot && code != 0 && before != 0 && IsOlder(code, before))
        {
            chunk.Running.StepBack(ordinal);
        }
    }

    private bool IsOlder(ushort code, ushort before)
    {
        var texts = _codes[_versionSlot].Snapshot().Span;
        return VersionOrder.Instance.Compare(texts[code], texts[before]) < 0;
    }

    private readonly record struct TextSource(int Slot, int Index, ValueCodes Codes);

    private readonly record struct NumberSource(int Slot, int Index, ValueCodes Codes, Func<long, string> TextOf);
}
