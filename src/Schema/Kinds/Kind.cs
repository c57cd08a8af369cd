using System.Text.Json;
using Google.Protobuf.Reflection;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema.Kinds;

/// <summary>A kind of field: how its values are read, checked, brought into their normal form and written.</summary>
/// <remarks>
/// A kind has no state, so one object serves all fields of its kind. Reading notes what is wrong and goes on; of a field that
/// comes twice the last one holds. Threading: any, with a scratch of their own.
/// </remarks>
internal abstract class Kind(KindStorage storage, uint wireType)
{
    public KindStorage Storage => storage;

    /// <summary>Protobuf's wire type of a value; a field of another one is unknown, as for generated parsers.</summary>
    public uint WireType => wireType;

    /// <summary>What JSON must hold, for a refusal.</summary>
    public abstract string JsonRule { get; }

    /// <summary>The kind that a field of a contract is of.</summary>
    public static Kind Of(FieldDescriptor field, Wire.FieldPolicy policy) => field switch
    {
        { IsMap: true } => CountsKind.Map,
        { IsRepeated: true } => CountsKind.Set,
        { FieldType: FieldType.UInt32 or FieldType.UInt64 } => NumberKind.Count,
        { FieldType: FieldType.Bool } => NumberKind.Flag,
        { FieldType: FieldType.Double } => DecimalKind.Instance,
        { FieldType: FieldType.Enum } => EnumerationKind.Instance,
        _ => TextKind.Of(policy.Format),
    };

    /// <summary>Reads the value that follows the field's tag.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public abstract void Read(ref WireReader reader, SchemaField field, ReportScratch scratch);

    /// <summary>Reads the JSON value that the reader stands on, to its end; it is not null.</summary>
    /// <returns>False when it is of another type than <see cref="JsonRule"/> says; then the reader has not moved.</returns>
    public abstract bool TryRead(ref Utf8JsonReader json, SchemaField field, ReportScratch scratch);

    /// <summary>Checks what was read, once everything is read, and brings it into its normal form.</summary>
    public abstract void Finish(SchemaField field, ReportScratch scratch);

    /// <summary>At least what <see cref="Write"/> takes.</summary>
    public abstract int MaxSize(SchemaField field, ReportValues values, ReportScratch? counts);

    /// <summary>Writes the field as protobuf does, in the one form that there is; nothing when there is no value.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="field">The field.</param>
    /// <param name="values">The values.</param>
    /// <param name="counts">The counts by label; null to leave them out.</param>
    public abstract void Write(ref BackwardWriter writer, SchemaField field, ReportValues values, ReportScratch? counts);

    /// <summary>Writes what <see cref="Write"/> wrote as protobuf's own JSON: a value, or one entry of a map or list.</summary>
    /// <param name="reader">Stands behind the field's tag.</param>
    /// <param name="field">The field.</param>
    /// <param name="json">Where to.</param>
    public abstract void WriteJson(ref WireReader reader, SchemaField field, Utf8JsonWriter json);
}

/// <summary>Where a kind keeps its values.</summary>
internal enum KindStorage
{
    /// <summary>In <see cref="ReportValues.Numbers"/>.</summary>
    Number,

    /// <summary>In <see cref="ReportValues.Texts"/>.</summary>
    Text,

    /// <summary>In the scratch while a report is read, then in the stored report alone.</summary>
    Counts,
}
