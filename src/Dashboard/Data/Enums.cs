using Telemetry.Contracts.V1;

namespace Telemetry.Dashboard.Data;

/// <summary>Values of the contract's enumerations as <see cref="Names"/> knows them.</summary>
public static class Enums
{
    public static string NameOf(LicenseVerdict verdict) => Upper(verdict.ToString());

    public static string NameOf(ClaimVerdict verdict) => Upper(verdict.ToString());

    public static string NameOf(LicenseState state) => Upper(state.ToString());

    /// <summary>"SeatsExceeded" is "SEATS_EXCEEDED".</summary>
    private static string Upper(string name) => string.Concat(name.Select((letter, i) =>
        i > 0 && char.IsAsciiLetterUpper(letter) ? "_" + letter : char.ToUpperInvariant(letter).ToString()));
}
