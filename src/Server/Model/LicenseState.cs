namespace Telemetry.Server.Model;

/// <summary>Whether the vendor lets a licence count. Values are stored: never change one.</summary>
internal enum LicenseState : byte
{
    None = 0,
    Active = 1,
    Suspended = 2,

    /// <summary>For good.</summary>
    Revoked = 3,
}
