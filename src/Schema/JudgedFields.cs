using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>What the server itself says of a report, beside the report's own fields: what questions may ask for too.</summary>
internal static class JudgedFields
{
    /// <summary>The app, whose values are slugs.</summary>
    public const string App = "app";

    /// <summary>The verdict on the claim.</summary>
    public const string Verdict = "verdict";

    /// <summary>Why it was refused or could not be checked.</summary>
    public const string ClaimReason = "claim_reason";

    /// <summary>Where the country comes from.</summary>
    public const string CountrySource = "country_source";

    /// <summary>Those whose values change from report to report.</summary>
    public static readonly IReadOnlyList<(string Path, EnumerationValues Values)> All =
    [
        (Verdict, new EnumerationValues(Wire.StoredReport.Descriptor.FindFieldByName("verdict").EnumType)),
        (ClaimReason, new EnumerationValues(Wire.StoredReport.Descriptor.FindFieldByName("claim_reason").EnumType)),
        (CountrySource, new EnumerationValues(Wire.StoredReport.Descriptor.FindFieldByName("country_source").EnumType)),
    ];

    /// <summary>The values of one of them; null when a path is none of them.</summary>
    public static EnumerationValues? ValuesOf(string path) => All.FirstOrDefault(field => field.Path == path).Values;
}
