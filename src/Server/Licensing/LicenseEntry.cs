using System.Collections.Immutable;
using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>A licence and the places that installations have under it, at one moment.</summary>
internal sealed record LicenseEntry(
    License License, ImmutableDictionary<LicensedInstanceId, LicenseLease> Leases);
