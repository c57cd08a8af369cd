using System.Globalization;
using Telemetry.Schema;

namespace Telemetry.Server.Compatibility;

/// <summary>Refusals as sentences that an administrator understands.</summary>
internal static class Sentences
{
    public static string For(Door door, IReadOnlyList<Violation> violations)
    {
        var first = violations[0];
        var more = violations.Count > 1
            ? string.Create(CultureInfo.InvariantCulture, $" ({violations.Count - 1} more)")
            : "";
        return $"{door.NameOf(first.Field)} {first.Description}{more}.";
    }
}
