namespace Telemetry.Server.Model;

/// <summary>What became of a report's Enterprise claim: all that is stored of it.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">Why it was refused or could not be checked; none otherwise.</param>
internal readonly record struct Claim(ClaimVerdict Verdict, LicenseVerdict Reason = LicenseVerdict.None)
{
    public static readonly Claim Community = new(ClaimVerdict.Community);
}
