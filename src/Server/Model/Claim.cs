namespace Telemetry.Server.Model;

/// <summary>What became of a report's Enterprise claim: all that is stored of it.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">Why it was refused or could not be checked; none otherwise.</param>
internal readonly record struct Claim(ClaimVerdict Verdict, LicenseVerdict Reason = LicenseVerdict.None)
{
    public static readonly Claim Community = new(ClaimVerdict.Community);
}

/// <summary>What the server makes of an Enterprise claim. Values are stored: never change one.</summary>
internal enum ClaimVerdict : byte
{
    None = 0,

    /// <summary>The installation claims nothing.</summary>
    Community = 1,

    /// <summary>It claims a subscription that could not be checked.</summary>
    Unverified = 2,

    /// <summary>A valid license stands behind the claim.</summary>
    Verified = 3,

    /// <summary>None does.</summary>
    Refused = 4,
}
