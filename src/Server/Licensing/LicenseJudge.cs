using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>The rules: what a licence is worth for an installation and an app at a moment. A pure function.</summary>
/// <remarks>
/// The order is what an administrator can least do about first: revoked, suspended, wrong app, not yet valid, expired,
/// and only then whether a place is free.
/// </remarks>
/// <param name="leaseDays">Days without a check after which a place falls free.</param>
internal sealed class LicenseJudge(int leaseDays)
{
    /// <param name="entry">The licence and its places.</param>
    /// <param name="instance">Who asks.</param>
    /// <param name="previous">Under what pseudonym it asked before; null when that did not change.</param>
    /// <param name="app">For which app; unknown when the caller cannot say, then any.</param>
    /// <param name="now">The moment.</param>
    public LicenseJudgement Judge(
        LicenseEntry entry, LicensedInstanceId instance, LicensedInstanceId? previous, App app, DateTimeOffset now)
    {
        var license = entry.License;
        if (license.State == LicenseState.Revoked)
        {
            return Refuse(LicenseVerdict.Revoked);
        }

        if (license.State == LicenseState.Suspended)
        {
            return Refuse(LicenseVerdict.Suspended);
        }

        if (app != App.Unknown && !license.Apps.Contains(app))
        {
            return Refuse(LicenseVerdict.WrongApp);
        }

        if (now < license.NotBefore)
        {
            return Refuse(LicenseVerdict.NotYetValid, license.NotBefore);
        }

        if (now >= license.EndsAt)
        {
            return Refuse(LicenseVerdict.Expired, license.ExpiresAt);
        }

        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var place = FindPlace(entry, instance, previous, today);
        return place != LicensePlace.None
            ? now >= license.ExpiresAt
                ? new LicenseJudgement(LicenseVerdict.ValidInGrace, license.EndsAt, place, license)
                : new LicenseJudgement(LicenseVerdict.Valid, license.ExpiresAt, place, license)
            : Refuse(
                license.InstancesAllowed == 1 ? LicenseVerdict.BoundElsewhere : LicenseVerdict.SeatsExceeded,
                NextFree(entry, today));

        LicenseJudgement Refuse(LicenseVerdict verdict, DateTimeOffset? until = null) =>
            new(verdict, until, LicensePlace.None, license);
    }

    /// <summary>Whether a place still counts.</summary>
    public bool IsLive(LicenseLease lease, DateOnly today) => today <= lease.LastCheckOn.AddDays(leaseDays);

    /// <summary>When a place falls free unless its installation checks again.</summary>
    public DateTimeOffset EndOf(LicenseLease lease) =>
        new(lease.LastCheckOn.AddDays(leaseDays + 1), TimeOnly.MinValue, TimeSpan.Zero);

    private LicensePlace FindPlace(
        LicenseEntry entry, LicensedInstanceId instance, LicensedInstanceId? previous, DateOnly today)
    {
        if (HasLive(entry, instance, today))
        {
            return LicensePlace.Kept;
        }

        if (previous is { } before && before != instance && HasLive(entry, before, today))
        {
            return LicensePlace.Moved;
        }

        return entry.License.Overage == OveragePolicy.Allow
            || entry.Leases.Count < entry.License.InstancesAllowed
            || entry.Leases.Values.Count(lease => IsLive(lease, today)) < entry.License.InstancesAllowed
            ? LicensePlace.Taken
            : LicensePlace.None;
    }

    private bool HasLive(LicenseEntry entry, LicensedInstanceId instance, DateOnly today) =>
        entry.Leases.TryGetValue(instance, out var lease) && IsLive(lease, today);

    private DateTimeOffset? NextFree(LicenseEntry entry, DateOnly today) =>
        entry.Leases.Values.Where(lease => IsLive(lease, today)).MinBy(lease => lease.LastCheckOn) is { } oldest
            ? EndOf(oldest)
            : null;
}
