namespace Telemetry.Client.Licensing;

/// <summary>What is known about a license. Only <see cref="Valid"/> and <see cref="ValidInGrace"/> are licensed.</summary>
public enum LicenseState
{
    /// <summary>No check has succeeded yet, so nothing is known.</summary>
    NeverChecked = 0,

    /// <summary>The license covers this installation.</summary>
    Valid = 1,

    /// <summary>The license has expired and still counts for a while.</summary>
    ValidInGrace = 2,

    /// <summary>The server's latest answer was a refusal; <see cref="LicenseStatus.Verdict"/> says which.</summary>
    Refused = 3,

    /// <summary>The last proof has ended, and the server has not been heard since.</summary>
    OfflineTooLong = 4,

    /// <summary>The license and the proof of it have ended.</summary>
    Expired = 5,

    /// <summary>The vendor's signed list of withdrawn licenses names this one.</summary>
    Revoked = 6,

    /// <summary>This machine's clock went back; only a successful check mends that.</summary>
    ClockSetBack = 7,

    /// <summary>Nothing is known, and the latest answer did not come from the vendor's server.</summary>
    ProofRejected = 8,

    /// <summary>This installation gave its seat up; only a check that somebody asks for can take one again.</summary>
    Released = 9,
}
