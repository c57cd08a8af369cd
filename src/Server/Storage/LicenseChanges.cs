using Telemetry.Server.Model;

namespace Telemetry.Server.Storage;

/// <summary>Changes to licenses and their seats that belong together.</summary>
internal sealed record LicenseChanges
{
    /// <summary>Licenses as they are from now on, new or known.</summary>
    public IReadOnlyList<License> Licenses { get; init; } = [];

    /// <summary>Seats as they are from now on, new or known.</summary>
    public IReadOnlyList<LicenseLease> Leases { get; init; } = [];

    /// <summary>Seats that are given up.</summary>
    public IReadOnlyList<(LicenseId License, LicensedInstanceId Instance)> Released { get; init; } = [];

    /// <summary>What the audit log says of it; null for what it does not speak of.</summary>
    public AuditDraft? Audit { get; init; }

    /// <summary>Licenses that are forgotten; their seats are given up besides.</summary>
    public IReadOnlyList<LicenseId> Forgotten { get; init; } = [];

    /// <summary>Whose seats were given up for good; null for nobody's.</summary>
    public ErasedSeats? Erased { get; init; }

    public bool IsEmpty => Licenses.Count + Leases.Count + Released.Count + Forgotten.Count == 0 && Erased is null;
}
