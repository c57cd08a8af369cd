using Telemetry.Server.Model;
using Telemetry.Schema;

namespace Telemetry.Server.Storage.State;

/// <summary>The latest state of every installation of one app: a row for each, and a column for each field.</summary>
/// <remarks>Threading: as <see cref="FleetState"/> says.</remarks>
internal sealed class AppFleet
{
    private readonly Blocks<InstanceRow> _rows;
    private readonly InstanceIndex _index;

    /// <summary>Hash of who owns an installation's data; a column, so that a fleet without owners pays a byte for each.</summary>
    private readonly Column _owners = new();

    private Column[] _numbers;
    private Column[] _texts;
    private TextCodes[] _codes;
    private int _firstVacant;

    public AppFleet(ReportSchema schema, int blockSize)
    {
        Schema = schema;
        _rows = new Blocks<InstanceRow>(blockSize);
        _index = new InstanceIndex(ordinal => _rows[ordinal].Instance);
        _numbers = [.. schema.Numbers.Select(_ => new Column())];
        _texts = [.. schema.Texts.Select(_ => new Column())];
        _codes = [.. schema.Texts.Select(_ => new TextCodes())];
    }

    public ReportSchema Schema { get; private set; }

    public int Count => _rows.Count;

    public int BlockCount => _rows.BlockCount;

    public int TextsHeld => _codes.Sum(codes => codes.Count);

    /// <summary>For how many texts there is room.</summary>
    public int TextRoom => _codes.Sum(codes => codes.Capacity);

    /// <summary>What the cells of all columns take.</summary>
    public long CellBytes => _numbers.Concat(_texts).Append(_owners).Sum(column => column.Bytes);

    public int BlockSize => _rows.BlockSize;

    public ref InstanceRow this[int ordinal] => ref _rows[ordinal];

    /// <summary>Blocks that are a slot of snapshots already.</summary>
    public HashSet<int> NumberedBlocks { get; } = [];

    /// <summary>Goes on by the app's next contract: fields that it still has keep their columns.</summary>
    public void Use(ReportSchema schema)
    {
        var (numbers, texts) = (Schema.Numbers, Schema.Texts);
        _numbers = [.. schema.Numbers.Select(field => Kept(field, numbers) is var at and >= 0 ? _numbers[at] : new Column())];
        (_texts, _codes) = (
            [.. schema.Texts.Select(field => Kept(field, texts) is var at and >= 0 ? _texts[at] : new Column())],
            [.. schema.Texts.Select(field => Kept(field, texts) is var at and >= 0 ? _codes[at] : new TextCodes())]);
        Schema = schema;

        static int Kept(SchemaField field, IReadOnlyList<SchemaField> before) =>
            before.ToList().FindIndex(other => other.Path == field.Path);
    }

    /// <returns>The ordinal; -1 when there is none.</returns>
    public int Find(InstanceId instance) => _index.Find(instance);

    /// <summary>The installation's place; a new one for a stranger.</summary>
    /// <remarks>Vacant places first: recovery then gives every installation the ordinal it had.</remarks>
    public int FindOrAdd(InstanceId instance, long nowMs)
    {
        if (_index.Find(instance) is var known and >= 0)
        {
            return known;
        }

        while (_firstVacant < _rows.Count && !_rows[_firstVacant].IsVacant)
        {
            _firstVacant++;
        }

        Add(_firstVacant, instance, nowMs);
        return _firstVacant;
    }

    public void Add(int ordinal, InstanceId instance, long firstSeenMs)
    {
        _rows.GrowTo(ordinal + 1);
        ref var row = ref _rows[ordinal];
        row.Instance = instance;
        row.FirstSeenMs = firstSeenMs;
        _index.Add(ordinal);
    }

    /// <summary>Leaves nothing of an installation; its place is the next newcomer's.</summary>
    public void Remove(int ordinal)
    {
        _index.Remove(ordinal);
        for (var i = 0; i < _numbers.Length; i++)
        {
            _numbers[i][ordinal] = 0;
        }

        for (var i = 0; i < _texts.Length; i++)
        {
            _codes[i].Release((int)_texts[i][ordinal]);
            _texts[i][ordinal] = 0;
        }

        _owners[ordinal] = 0;
        _rows[ordinal] = default;
        _firstVacant = Math.Min(_firstVacant, ordinal);
    }

    /// <summary>Keyed hash of who owns an installation's data; 0 for nobody.</summary>
    public ulong OwnerOf(int ordinal) => _owners[ordinal];

    public void SetOwner(int ordinal, ulong owner)
    {
        if (_owners[ordinal] != owner)
        {
            _owners[ordinal] = owner;
        }
    }

    /// <summary>Puts what was reported in the place of what was reported before.</summary>
    public void Set(int ordinal, ReportValues values)
    {
        for (var i = 0; i < _numbers.Length; i++)
        {
            _numbers[i][ordinal] = InColumn(values.Numbers[i]);
        }

        for (var i = 0; i < _texts.Length; i++)
        {
            if (!Schema.Texts[i].IsStored)
            {
                continue;
            }

            var before = (int)_texts[i][ordinal];
            // A text that stays keeps its number, whoever else leaves it.
            var code = _codes[i].Take(values.Texts[i]);
            _codes[i].Release(before);
            if (code != before)
            {
                _texts[i][ordinal] = (ulong)code;
            }

            if (_codes[i].IsSparse(_rows.Count))
            {
                Renumber(i);
            }
        }
    }

    /// <summary>What was reported last, but for counts by label.</summary>
    public ReportValues ValuesOf(int ordinal)
    {
        var values = Schema.NewValues();
        for (var i = 0; i < _numbers.Length; i++)
        {
            var cell = _numbers[i][ordinal];
            values.Numbers[i] = cell == 0 ? Cell.Absent : (long)(cell - 1);
        }

        for (var i = 0; i < _texts.Length; i++)
        {
            values.Texts[i] = _codes[i][(int)_texts[i][ordinal]];
        }

        return values;
    }

    /// <summary>One text field of one installation.</summary>
    public string? TextOf(int ordinal, int field) => _codes[field][(int)_texts[field][ordinal]];

    public InstanceState StateOf(int ordinal)
    {
        ref readonly var row = ref _rows[ordinal];
        return new InstanceState
        {
            Ordinal = ordinal,
            Instance = row.Instance,
            Schema = Schema,
            FirstSeen = DateTimeOffset.FromUnixTimeMilliseconds(row.FirstSeenMs),
            LastSeen = DateTimeOffset.FromUnixTimeMilliseconds(row.LastSeenMs),
            ReportCount = row.ReportCount,
            LatestNumber = row.LatestNumber,
            Claim = row.Claim,
            CountrySource = row.CountrySource,
            Values = ValuesOf(ordinal),
        };
    }

    /// <summary>A number as it stands in a column, where 0 is what nobody reported.</summary>
    private static ulong InColumn(long cell) => Cell.IsValue(cell) ? (ulong)cell + 1 : 0;

    private void Renumber(int field)
    {
        var (before, moved) = (_texts[field], _codes[field].Renumber());
        var column = new Column();
        for (var ordinal = 0; ordinal < _rows.Count; ordinal++)
        {
            column[ordinal] = (ulong)moved[(int)before[ordinal]];
        }

        _texts[field] = column;
    }
}
