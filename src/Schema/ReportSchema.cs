using Google.Protobuf.Reflection;
using Telemetry.Contracts.Rules;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>Everything the server knows about one app's reports, made from the contract alone.</summary>
/// <remarks>
/// Fields of the report itself come first, and in the same order for every app. A field's place is never stored: it shifts
/// when the contract grows. Threading: any; never changed once it is made.
/// </remarks>
internal sealed class ReportSchema
{
    public ReportSchema(
        string app, MessageDescriptor? descriptor, SchemaMessage report, SchemaMessage usage, IReadOnlyList<SchemaField> fields)
    {
        App = app;
        Descriptor = descriptor;
        Policy = descriptor is null ? null : FieldPolicies.Of(descriptor);
        Report = report;
        Usage = usage;
        Fields = fields;
        Numbers = [.. fields.Where(field => field.Kind.Storage == Kinds.KindStorage.Number)];
        Texts = [.. fields.Where(field => field.Kind.Storage == Kinds.KindStorage.Text)];
        Counts = [.. fields.Where(field => field.Kind.Storage == Kinds.KindStorage.Counts)];
        JsonNames = JsonNames.OfContract(this);
        TypeUrl = descriptor is null ? "" : "type.googleapis.com/" + descriptor.FullName;
    }

    /// <summary>The app's slug.</summary>
    public string App { get; }

    /// <summary>The usage message; null for an app whose contract is not known.</summary>
    public MessageDescriptor? Descriptor { get; }

    /// <summary>What the contract says of the app itself; null for an app whose contract is not known.</summary>
    public Wire.AppPolicy? Policy { get; }

    public SchemaMessage Report { get; }

    public SchemaMessage Usage { get; }

    /// <summary>All fields, in the order of the contract.</summary>
    public IReadOnlyList<SchemaField> Fields { get; }

    public IReadOnlyList<SchemaField> Numbers { get; }

    public IReadOnlyList<SchemaField> Texts { get; }

    public IReadOnlyList<SchemaField> Counts { get; }

    /// <summary>How an Any names the usage message.</summary>
    public string TypeUrl { get; }

    /// <summary>Names of the contract's own JSON.</summary>
    public JsonNames JsonNames { get; }

    public ReportValues NewValues() => new(Numbers.Count, Texts.Count);

    /// <summary>Whether an Any with this type holds this app's usage.</summary>
    public bool IsUsage(ReadOnlySpan<char> typeUrl) =>
        Descriptor is not null && typeUrl[(typeUrl.LastIndexOf('/') + 1)..].SequenceEqual(Descriptor.FullName);
}
