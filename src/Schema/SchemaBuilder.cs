using Google.Protobuf.Reflection;
using Telemetry.Contracts.Rules;
using Telemetry.Schema.Kinds;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>Makes a schema of the contract's report and an app's usage message, or says every rule that the message breaks.</summary>
internal sealed class SchemaBuilder
{
    private readonly List<SchemaField> _fields = [];
    private readonly Dictionary<KindStorage, int> _counts = [];
    private readonly SchemaMessage _report;

    private SchemaBuilder()
    {
        ThrowIfAny(ContractRules.ProblemsOfReport());
        _report = Read(Wire.Report.Descriptor, 0, "");
    }

    /// <summary>The schema of an app of which only its name is known: the report without usage.</summary>
    public static ReportSchema Core(string app)
    {
        var builder = new SchemaBuilder();
        return new ReportSchema(app, null, builder._report, new SchemaMessage(0, []), builder._fields);
    }

    /// <summary>The schema of an app.</summary>
    /// <exception cref="SchemaException">The message breaks rules; all of them are named.</exception>
    public static ReportSchema Build(MessageDescriptor usage, bool mayHaveDoors)
    {
        ThrowIfAny(ContractRules.ProblemsOf(usage, mayHaveDoors));
        var builder = new SchemaBuilder();
        var message = builder.Read(usage, Wire.Report.UsageFieldNumber, "usage.");
        return new ReportSchema(FieldPolicies.Of(usage)!.Slug, usage, builder._report, message, builder._fields);
    }

    private static void ThrowIfAny(IReadOnlyList<ContractProblem> problems)
    {
        if (problems.Count > 0)
        {
            throw new SchemaException(problems);
        }
    }

    private SchemaMessage Read(MessageDescriptor message, int number, string prefix) => new(number, [.. message.Fields.InDeclarationOrder()
        // The app's own message comes as an Any.
        .Where(field => field.ContainingType != Wire.Report.Descriptor || field.FieldNumber != Wire.Report.UsageFieldNumber)
        .Select(field => FieldPolicies.IsGroup(field)
            ? new SchemaMessage.Entry(
                field.FieldNumber, field.Name, field.JsonName, null, Read(field.MessageType, field.FieldNumber, $"{prefix}{field.Name}."))
            : new SchemaMessage.Entry(field.FieldNumber, field.Name, field.JsonName, Add(field, prefix), null))]);

    private SchemaField Add(FieldDescriptor field, string prefix)
    {
        var policy = FieldPolicies.Of(field)!;
        var kind = Kind.Of(field, policy);
        var index = _counts.GetValueOrDefault(kind.Storage);
        _counts[kind.Storage] = index + 1;
        var known = new SchemaField(field, prefix, policy, kind, index);
        _fields.Add(known);
        return known;
    }
}

/// <summary>A usage message cannot be an app's contract.</summary>
/// <param name="problems">Why not.</param>
/// <param name="isConflict">Whether it is good in itself, and cannot stand beside what is registered.</param>
internal sealed class SchemaException(IReadOnlyList<ContractProblem> problems, bool isConflict = false)
    : Exception("The contract is refused: " + string.Join("; ", problems) + ".")
{
    public IReadOnlyList<ContractProblem> Problems => problems;

    public bool IsConflict => isConflict;
}
