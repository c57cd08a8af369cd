using System.Globalization;
using Telemetry.Schema.Kinds;

namespace Telemetry.Schema;

/// <summary>Values of fields as people write them in a question: "DE", "5", "true", "DATABASE_MYSQL", nothing for what is not there.</summary>
internal static class FieldValue
{
    /// <summary>The rule for a text that is no value of the field.</summary>
    public static string RuleOf(SchemaField field) => field.Kind switch
    {
        EnumerationKind => "must be the name of one of the enumeration's values",
        _ when field.Kind == NumberKind.Flag => "must be true or false",
        _ => NumberKind.RangeRule(field) + ", in digits",
    };

    /// <summary>The cell that stands for the value of a field that is stored as a number.</summary>
    /// <returns>False when the field has no such value.</returns>
    public static bool TryRead(SchemaField field, string text, out long cell)
    {
        cell = text.Length == 0 ? Cell.Absent : field.Kind switch
        {
            EnumerationKind => field.Values!.Find(text) ?? Cell.Unknown,
            DecimalKind => decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= field.Max
                ? (long)Math.Round(number * field.Scale, MidpointRounding.AwayFromZero)
                : Cell.Unknown,
            _ when field.Kind == NumberKind.Flag => bool.TryParse(text, out var flag) ? flag ? 1 : 0 : Cell.Unknown,
            _ => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= field.Max ? count : Cell.Unknown,
        };
        // What has no presence is not written down when it is zero.
        cell = cell == 0 && (field.Values is not null || !field.HasPresence) ? Cell.Absent : cell;
        return cell != Cell.Unknown;
    }
}
