namespace Telemetry.Server.Model;

/// <summary>What the server makes of a key, an installation and an app. Values are stored and sent: never change one.</summary>
internal enum LicenseVerdict : byte
{
    None = 0,
    Valid = 1,
    ValidInGrace = 2,
    Expired = 3,
    Revoked = 4,
    Suspended = 5,
    NotFound = 6,
    WrongApp = 7,
    BoundElsewhere = 8,
    SeatsExceeded = 9,
    MalformedKey = 10,
    NotYetValid = 11,

    /// <summary>Of a report's claim only: no key, and no license is in use on the installation.</summary>
    KeyMissing = 12,

    /// <summary>Of a report's claim only: a good key, but the installation never checked it in.</summary>
    NotActivated = 13,
}
