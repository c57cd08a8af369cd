using Telemetry.Server.Model;

namespace Telemetry.Server.Storage;

/// <summary>Changes to licences and their places that belong together.</summary>
internal sealed record LicenseChanges
{
    /// <summary>Licences as they are from now on, new or known.</summary>
    public IReadOnlyList<License> Licenses { get; init; } = [];

    /// <summary>Places as they are from now on, new or known.</summary>
    public IReadOnlyList<LicenseLease> Leases { get; init; } = [];

    /// <summary>Places that are given up.</summary>
    public IReadOnlyList<(LicenseId License, LicensedInstanceId Instance)> Released { get; init; } = [];
}
