namespace Telemetry.Server.Model;

/// <summary>What the server makes of an Enterprise claim. Values are stored: never change one.</summary>
internal enum ClaimVerdict : byte
{
    None = 0,

    /// <summary>The installation claims nothing.</summary>
    Community = 1,

    /// <summary>It claims a subscription that could not be checked.</summary>
    Unverified = 2,

    /// <summary>A valid licence stands behind the claim.</summary>
    Verified = 3,

    /// <summary>None does.</summary>
    Refused = 4,
}
