namespace Telemetry.Schema;

/// <summary>Where a report is while it is read and checked; used again for the next one.</summary>
/// <remarks>Threading: one report at a time.</remarks>
internal sealed class ReportScratch
{
    private const int MaxViolations = 20;

    private static readonly ReportValues Nothing = CoreFields.Schema.NewValues();

    [ThreadStatic]
    private static ReportScratch? _ofThread;

    private readonly List<CountsScratch> _counts = [];
    private List<Violation>? _violations;
    private List<string>? _dropped;
    private byte[] _buffer = new byte[4_096];

    /// <summary>This thread's own.</summary>
    public static ReportScratch OfThread => _ofThread ??= new ReportScratch();

    public ReportSchema Schema { get; private set; } = CoreFields.Schema;

    public ReportValues Values { get; private set; } = Nothing;

    /// <summary>Fields that the contract does not know.</summary>
    public int UnknownFields { get; set; }

    public IReadOnlyList<Violation> Violations => _violations ?? (IReadOnlyList<Violation>)[];

    /// <summary>Paths of fields with a value that is not known.</summary>
    public IReadOnlyList<string> Dropped => _dropped ?? (IReadOnlyList<string>)[];

    /// <summary>Texts that fell together under "custom".</summary>
    public int OwnLabels { get; private set; }

    /// <summary>Whether JSON is in the contract's own form, where a wide number may be a text and an enumeration a number.</summary>
    public bool IsContractJson { get; set; }

    public void Begin()
    {
        IsContractJson = false;
        UnknownFields = 0;
        OwnLabels = 0;
        _violations = null;
        _dropped = null;
        Schema = CoreFields.Schema;
        Values = Schema.NewValues();
    }

    /// <summary>Makes room for an app's own fields; what was read of the report itself stays.</summary>
    public void Use(ReportSchema schema)
    {
        var values = schema.NewValues();
        Values.Numbers.CopyTo(values.Numbers, 0);
        Values.Texts.CopyTo(values.Texts, 0);
        (Schema, Values) = (schema, values);
        for (var i = 0; i < schema.Counts.Count; i++)
        {
            if (i == _counts.Count)
            {
                _counts.Add(new CountsScratch());
            }

            _counts[i].Clear(schema.Counts[i]);
        }
    }

    /// <summary>Forgets what was read, so that nothing of a sender outlives its call in a thread's memory.</summary>
    public void End()
    {
        for (var i = 0; i < Schema.Counts.Count; i++)
        {
            _counts[i].Clear(Schema.Counts[i]);
        }

        (Schema, Values, _violations, _dropped) = (CoreFields.Schema, Nothing, null, null);
    }

    public CountsScratch Counts(SchemaField field) => _counts[field.Index];

    public void Refuse(SchemaField field, string rule) => Refuse(field.Path, rule);

    public void Refuse(string path, string rule)
    {
        _violations ??= [];
        if (_violations.Count < MaxViolations)
        {
            _violations.Add(new Violation(path, rule));
        }
    }

    /// <summary>A value of an open list is not known: one odd setting must not silence an installation.</summary>
    public void Drop(SchemaField field) => (_dropped ??= []).Add(field.Path);

    /// <summary>Checks all fields and brings them into their normal form.</summary>
    public void Finish()
    {
        foreach (var field in Schema.Fields)
        {
            field.Kind.Finish(field, this);
        }

        for (var i = 0; i < Schema.Counts.Count; i++)
        {
            OwnLabels += _counts[i].OwnEntries;
        }
    }

    public Span<byte> Buffer(int length)
    {
        if (_buffer.Length < length)
        {
            _buffer = new byte[length];
        }

        return _buffer;
    }
}

/// <summary>A rule that a field breaks.</summary>
/// <param name="Field">The field's path in the Report message, e.g. "environment.php_version".</param>
/// <param name="Description">The rule and what to do. Never repeats the value: it may be anything.</param>
internal sealed record Violation(string Field, string Description);
