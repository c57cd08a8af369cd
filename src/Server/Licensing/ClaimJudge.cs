using Telemetry.Server.Model;
using Telemetry.Server.Privacy;

namespace Telemetry.Server.Licensing;

/// <summary>Judges the Enterprise claim of a report, in memory.</summary>
/// <remarks>
/// A claim is a key, or a flag. It is verified when a valid license for the app has a seat for the installation: the key
/// names the license, and without a key (newer apps send none) the seat alone does. Nothing here takes a seat: that is
/// what a license check is for. Only the verdict and its reason leave; which license it was stays here.
/// </remarks>
internal sealed class ClaimJudge(
    LicenseBook book, LicenseJudge judge, Pseudonyms pseudonyms, LicensingMetrics metrics, TimeProvider time)
{
    /// <param name="app">The app that reports, by its slug.</param>
    /// <param name="flags">What the report says about its subscription.</param>
    /// <param name="key">The key in clear; null or empty when there is none.</param>
    /// <param name="instanceHash">The reported hash, already checked.</param>
    public Claim Judge(string app, SubscriptionFlags flags, string? key, string instanceHash)
    {
        var hasKey = !string.IsNullOrEmpty(key);
        if (!hasKey && flags.ExtendedSupport != true && flags.ValidSubscription != true)
        {
            return Claim.Community;
        }

        if (book.Count == 0)
        {
            return new Claim(ClaimVerdict.Unverified);
        }

        var instance = pseudonyms.OfLicensed(instanceHash);
        var claim = hasKey ? JudgeKey(app, key!, instance) : JudgePlace(app, flags, instance);
        if (claim.Verdict == ClaimVerdict.Refused)
        {
            metrics.ClaimRefused(claim.Reason);
        }

        return claim;
    }

    private Claim JudgeKey(string app, string key, LicensedInstanceId instance)
    {
        var canonical = LicenseKey.Canonical(key);
        if (book.Find(pseudonyms.OfKey(canonical)) is not { } entry)
        {
            return Refused(LicenseKey.IsWellFormed(canonical) ? LicenseVerdict.NotFound : LicenseVerdict.MalformedKey);
        }

        return ClaimOf(judge.Judge(entry, instance, null, app, time.GetUtcNow()));
    }

    private Claim JudgePlace(string app, SubscriptionFlags flags, LicensedInstanceId instance)
    {
        var claims = book.Of(instance)
            .Select(entry => ClaimOf(judge.Judge(entry, instance, null, app, time.GetUtcNow())))
            .ToList();
        if (claims.Count > 0)
        {
            return claims.Find(claim => claim.Verdict == ClaimVerdict.Verified) is { Verdict: ClaimVerdict.Verified } good
                ? good
                : claims[0];
        }

        // The platform's own subscription may well be somebody else's to check.
        return flags.ExtendedSupport == true
            ? Refused(LicenseVerdict.KeyMissing)
            : new Claim(ClaimVerdict.Unverified, LicenseVerdict.KeyMissing);
    }

    private static Claim ClaimOf(LicenseJudgement judgement) => judgement switch
    {
        { Seat: LicenseSeat.Kept } => new Claim(ClaimVerdict.Verified),
        { Licensed: true } => Refused(LicenseVerdict.NotActivated),
        _ => Refused(judgement.Verdict),
    };

    private static Claim Refused(LicenseVerdict reason) => new(ClaimVerdict.Refused, reason);
}
