namespace Telemetry.Server.Model;

/// <summary>What the server makes of an Enterprise claim. Values are stored: never change one.</summary>
internal enum ClaimVerdict : byte
{
    None = 0,

    /// <summary>The installation claims nothing.</summary>
    Community = 1,

    /// <summary>It claims a subscription that has not been checked.</summary>
    Unverified = 2,
}
