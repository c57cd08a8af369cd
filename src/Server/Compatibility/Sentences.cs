using System.Collections.Frozen;
using System.Globalization;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Privacy;

namespace Telemetry.Server.Compatibility;

/// <summary>Refusals as sentences that an administrator understands.</summary>
internal static class Sentences
{
    private static readonly FrozenDictionary<string, string> HttpNames = FieldRegister.Fields
        .Where(field => field.HttpName.Length > 0)
        .ToFrozenDictionary(field => field.Path, field => field.HttpName, StringComparer.Ordinal);

    public static string For(IReadOnlyList<Violation> violations)
    {
        var first = violations[0];
        var more = violations.Count > 1
            ? string.Create(CultureInfo.InvariantCulture, $" ({violations.Count - 1} more)")
            : "";
        return $"{HttpNames.GetValueOrDefault(first.Field, first.Field)} {first.Description}{more}.";
    }
}
