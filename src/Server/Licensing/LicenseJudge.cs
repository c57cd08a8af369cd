using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>The rules: what a license is worth for an installation and an app at a moment. A pure function.</summary>
/// <remarks>
/// The order is what an administrator can least do about first: revoked, suspended, wrong app, not yet valid, expired,
/// and only then whether a seat is free.
/// </remarks>
/// <param name="leaseDays">Days without a check after which a seat falls free.</param>
internal sealed class LicenseJudge(int leaseDays)
{
    /// <param name="entry">The license and its seats.</param>
    /// <param name="instance">Who asks.</param>
    /// <param name="previous">Under what pseudonym it asked before; null when that did not change.</param>
    /// <param name="app">For which app, by its slug; null when the caller cannot say, then any.</param>
    /// <param name="now">The moment.</param>
    public LicenseJudgement Judge(
        LicenseEntry entry, LicensedInstanceId instance, LicensedInstanceId? previous, string? app, DateTimeOffset now)
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

        if (app is not null && !license.Apps.Contains(app))
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
        var seat = FindSeat(entry, instance, previous, today);
        return seat != LicenseSeat.None
            ? now >= license.ExpiresAt
                ? new LicenseJudgement(LicenseVerdict.ValidInGrace, license.EndsAt, seat, license)
                : new LicenseJudgement(LicenseVerdict.Valid, license.ExpiresAt, seat, license)
            : Refuse(
                license.InstancesAllowed == 1 ? LicenseVerdict.BoundElsewhere : LicenseVerdict.SeatsExceeded,
                NextFree(entry, today));

        LicenseJudgement Refuse(LicenseVerdict verdict, DateTimeOffset? until = null) =>
            new(verdict, until, LicenseSeat.None, license);
    }

    /// <summary>Days that a date may be ahead without being wrong: a clock was corrected around midnight.</summary>
    private const int Leeway = 1;

    /// <summary>
    /// Whether a seat still counts. One that was taken in the future was not: the clock was wrong then, and must not keep
    /// others out until that day comes.
    /// </summary>
    public bool IsLive(LicenseLease lease, DateOnly today) => !IsAhead(lease.BoundOn, today) && DaysLapsed(lease, today) <= 0;

    /// <summary>For how many days a seat has not counted; zero or less while it does.</summary>
    public int DaysLapsed(LicenseLease lease, DateOnly today) =>
        today.DayNumber - lease.LastCheckOn.DayNumber - leaseDays;

    /// <summary>Whether a stored day cannot have been yet.</summary>
    public static bool IsAhead(DateOnly stored, DateOnly today) => stored.DayNumber - today.DayNumber > Leeway;

    /// <summary>When a seat falls free unless its installation checks again; a check in the future counts as one of today.</summary>
    public DateTimeOffset EndOf(LicenseLease lease, DateOnly today)
    {
        var last = IsAhead(lease.LastCheckOn, today) ? today : lease.LastCheckOn;
        var end = Math.Min(last.DayNumber + leaseDays + 1, DateOnly.MaxValue.DayNumber);
        return new(DateOnly.FromDayNumber(end), TimeOnly.MinValue, TimeSpan.Zero);
    }

    private LicenseSeat FindSeat(
        LicenseEntry entry, LicensedInstanceId instance, LicensedInstanceId? previous, DateOnly today)
    {
        if (HasLive(entry, instance, today))
        {
            return LicenseSeat.Kept;
        }

        if (previous is { } before && before != instance && HasLive(entry, before, today))
        {
            return LicenseSeat.Moved;
        }

        return entry.License.Overage == OveragePolicy.Allow
            || entry.Leases.Count < entry.License.InstancesAllowed
            || entry.Leases.Values.Count(lease => IsLive(lease, today)) < entry.License.InstancesAllowed
            ? LicenseSeat.Taken
            : LicenseSeat.None;
    }

    private bool HasLive(LicenseEntry entry, LicensedInstanceId instance, DateOnly today) =>
        entry.Leases.TryGetValue(instance, out var lease) && IsLive(lease, today);

    private DateTimeOffset? NextFree(LicenseEntry entry, DateOnly today) =>
        entry.Leases.Values.Where(lease => IsLive(lease, today)).MinBy(lease => lease.LastCheckOn) is { } oldest
            ? EndOf(oldest, today)
            : null;
}

/// <summary>What was found about a license, an installation and an app.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Until">Until when it holds if nobody changes the license; null when there is no such moment.</param>
/// <param name="Seat">What it means for the installation's seat.</param>
/// <param name="License">The license; null when no license has the key.</param>
internal sealed record LicenseJudgement(
    LicenseVerdict Verdict, DateTimeOffset? Until = null, LicenseSeat Seat = LicenseSeat.None, License? License = null)
{
    public static readonly LicenseJudgement NotFound = new(LicenseVerdict.NotFound);
    public static readonly LicenseJudgement Malformed = new(LicenseVerdict.MalformedKey);

    public bool Licensed => Verdict is LicenseVerdict.Valid or LicenseVerdict.ValidInGrace;
}

/// <summary>What a good verdict means for the installation's seat under the license.</summary>
internal enum LicenseSeat
{
    /// <summary>There is none to speak of: the verdict is a refusal.</summary>
    None,

    /// <summary>It has one.</summary>
    Kept,

    /// <summary>It takes a free one, or one beyond the number allowed where the license lets it.</summary>
    Taken,

    /// <summary>It takes over the one it had under its previous hash.</summary>
    Moved,
}
