using Telemetry.Contracts.V1;
using Telemetry.Schema.Kinds;

namespace Telemetry.Schema;

/// <summary>What questions may do with a field, by its policy and kind.</summary>
internal static class QuestionFields
{
    public static bool IsDimension(this SchemaField field) => RoleOf(field) == FieldRole.Dimension;

    public static bool IsMeasure(this SchemaField field) => RoleOf(field) == FieldRole.Measure;

    public static bool IsVersion(this SchemaField field) => field.Kind is VersionKind;

    /// <summary>A number field's cell as questions write the value.</summary>
    public static string TextOf(this SchemaField field, long cell) => field.Kind switch
    {
        EnumerationKind => field.Values!.NameOf((int)cell) ?? cell.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ when field.Kind == NumberKind.Flag => cell != 0 ? "true" : "false",
        DecimalKind => ((decimal)cell / field.Scale).ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => cell.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static FieldRole RoleOf(SchemaField field) => field switch
    {
        { IsStored: false } or { Kind.Storage: KindStorage.Counts } => FieldRole.Neither,
        { Policy.Role: not FieldRole.Unspecified } => field.Kind.Storage == KindStorage.Text && field.Policy.Role == FieldRole.Measure
            ? FieldRole.Dimension
            : field.Policy.Role,
        _ => field.Kind is DecimalKind || field.Kind == NumberKind.Count ? FieldRole.Measure : FieldRole.Dimension,
    };
}
