using Google.Protobuf.Reflection;
using Telemetry.Schema.Kinds;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>Makes a schema of the contract's report and an app's usage message, or says every rule that the message breaks.</summary>
/// <remarks>What cannot become a field here cannot be collected: no type carries free text.</remarks>
internal sealed class SchemaBuilder
{
    private const int MaxDepth = 3;
    private const int MaxNumber = 1_000;
    private const int MaxFields = 200;

    /// <summary>A longer name would not be found in JSON.</summary>
    private const int MaxName = 64;

    /// <summary>With its package; every report repeats it.</summary>
    private const int MaxFullName = 256;

    private readonly List<SchemaField> _fields = [];
    private readonly List<SchemaProblem> _problems = [];
    private readonly bool _isApp;
    private int _seen;
    private readonly Dictionary<KindStorage, int> _counts = [];

    private SchemaBuilder(SchemaBuilder? core = null)
    {
        _isApp = core is not null;
        if (core is not null)
        {
            _fields.AddRange(core._fields);
            _counts = new Dictionary<KindStorage, int>(core._counts);
        }
    }

    /// <summary>The schema of an app of which only its name is known: the report without usage.</summary>
    public static ReportSchema Core(string app)
    {
        var (builder, report) = ReadCore();
        return new ReportSchema(app, null, report, new SchemaMessage(0, []), builder._fields);
    }

    /// <summary>The schema of an app.</summary>
    /// <exception cref="SchemaException">The message breaks rules; all of them are named.</exception>
    public static ReportSchema Build(MessageDescriptor usage, bool mayHaveDoors)
    {
        var (core, report) = ReadCore();
        var builder = new SchemaBuilder(core);
        var policy = usage.GetOptions()?.GetExtension(Wire.FieldPolicyExtensions.App);
        builder._problems.AddRange(SchemaRules.OfApp(policy, mayHaveDoors));
        var message = builder.Read(usage, Wire.Report.UsageFieldNumber, "usage.", []);
        if (usage.FullName.Length > MaxFullName)
        {
            builder.Refuse("", $"has a full name of more than {MaxFullName} characters");
        }

        if (builder._seen > MaxFields)
        {
            builder.Refuse("", $"has more than {MaxFields} fields");
        }

        return builder._problems.Count == 0
            ? new ReportSchema(policy!.Slug, usage, report, message, builder._fields)
            : throw new SchemaException(builder._problems);
    }

    private static (SchemaBuilder Builder, SchemaMessage Report) ReadCore()
    {
        var builder = new SchemaBuilder();
        var report = builder.Read(Wire.Report.Descriptor, 0, "", []);
        return builder._problems.Count == 0 ? (builder, report) : throw new SchemaException(builder._problems);
    }

    private SchemaMessage Read(MessageDescriptor message, int number, string prefix, IReadOnlyList<MessageDescriptor> around)
    {
        var entries = new List<SchemaMessage.Entry>();
        // In JSON, an Any says there what it is.
        var names = new HashSet<string>(StringComparer.Ordinal) { "@type" };
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            // A few messages inside each other can stand for millions of fields.
            if (_isApp && ++_seen > MaxFields)
            {
                break;
            }

            if (!_isApp && field.FieldNumber == Wire.Report.UsageFieldNumber && around.Count == 0)
            {
                // The app's own message, which comes as an Any.
                continue;
            }

            if (field.FieldNumber > MaxNumber)
            {
                Refuse(prefix + field.Name, $"has a number above {MaxNumber}");
                continue;
            }

            if (field.Name.Length > MaxName || field.JsonName.Length > MaxName)
            {
                Refuse(prefix + field.Name, $"has a name of more than {MaxName} characters");
                continue;
            }

            if (!names.Add(field.Name) | (field.JsonName != field.Name && !names.Add(field.JsonName)))
            {
                Refuse(prefix + field.Name, "has a name that JSON cannot tell from another's");
                continue;
            }

            if (ReadEntry(field, prefix, [.. around, message]) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return new SchemaMessage(number, entries);
    }

    private SchemaMessage.Entry? ReadEntry(FieldDescriptor field, string prefix, IReadOnlyList<MessageDescriptor> around)
    {
        var path = prefix + field.Name;
        if (field.RealContainingOneof is not null)
        {
            return Refuse(path, "is in a oneof; give each alternative a field of its own");
        }

        if (field.FieldType == FieldType.Message && !field.IsMap)
        {
            return ReadMessage(field, path, around);
        }

        var policy = field.GetOptions()?.GetExtension(Wire.FieldPolicyExtensions.FieldPolicy);
        if (policy is null)
        {
            return Refuse(path, "has no (telemetry.v1.field_policy); every field says why it is collected");
        }

        var broken = SchemaRules.OfField(field, path, policy, _isApp).ToList();
        _problems.AddRange(broken);
        if (broken.Count > 0 || Kind.Of(field, policy) is not { } kind)
        {
            return null;
        }

        var index = _counts.GetValueOrDefault(kind.Storage);
        _counts[kind.Storage] = index + 1;
        var known = new SchemaField(field, prefix, policy, kind, index);
        _fields.Add(known);
        return new SchemaMessage.Entry(field.FieldNumber, field.Name, field.JsonName, known, null);
    }

    private SchemaMessage.Entry? ReadMessage(FieldDescriptor field, string path, IReadOnlyList<MessageDescriptor> around)
    {
        if (field.IsRepeated)
        {
            return Refuse(path, "is a list of messages; collect counts instead");
        }

        if (around.Count >= MaxDepth || around.Contains(field.MessageType))
        {
            return Refuse(path, $"holds messages more than {MaxDepth} deep");
        }

        return new SchemaMessage.Entry(
            field.FieldNumber, field.Name, field.JsonName, null, Read(field.MessageType, field.FieldNumber, path + ".", around));
    }

    private SchemaMessage.Entry? Refuse(string path, string rule)
    {
        _problems.Add(new SchemaProblem(path, rule));
        return null;
    }
}

/// <summary>A rule that a contract breaks.</summary>
/// <param name="Field">The field's path; empty for the message itself.</param>
/// <param name="Rule">The rule and what to do.</param>
internal sealed record SchemaProblem(string Field, string Rule)
{
    public override string ToString() => Field.Length == 0 ? Rule : $"{Field} {Rule}";
}

/// <summary>A usage message cannot be an app's contract.</summary>
internal sealed class SchemaException(IReadOnlyList<SchemaProblem> problems)
    : Exception("The contract is refused: " + string.Join("; ", problems) + ".")
{
    public IReadOnlyList<SchemaProblem> Problems => problems;
}
