using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>Judges the Enterprise claim of a report.</summary>
/// <remarks>
/// The server holds no licences yet, so a claim can be noted but neither confirmed nor refused: there is nothing to
/// compare a key's hash with.
/// </remarks>
internal static class ClaimVerdicts
{
    /// <param name="flags">What the report says about its subscription.</param>
    /// <param name="key">Keyed hash of the subscription key; null when there is none.</param>
    public static ClaimVerdict Judge(SubscriptionFlags flags, SubscriptionKeyHash? key) =>
        flags.ValidSubscription == true || flags.ExtendedSupport == true || key is not null
            ? ClaimVerdict.Unverified
            : ClaimVerdict.Community;
}
