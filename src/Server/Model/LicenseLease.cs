namespace Telemetry.Server.Model;

/// <summary>An installation's seat under a license.</summary>
/// <param name="License">The license.</param>
/// <param name="Instance">The installation.</param>
/// <param name="BoundOn">When it took the seat, UTC.</param>
/// <param name="LastCheckOn">
/// When it last checked, UTC. Days, not moments: to the millisecond, the times of checks and of reports would tell which
/// belong together.
/// </param>
/// <param name="Usage">Latest counts of what the license limits.</param>
internal sealed record LicenseLease(
    LicenseId License, LicensedInstanceId Instance, DateOnly BoundOn, DateOnly LastCheckOn,
    IReadOnlyDictionary<string, ulong> Usage)
{
    public static readonly IReadOnlyDictionary<string, ulong> NoUsage = new Dictionary<string, ulong>();
}
