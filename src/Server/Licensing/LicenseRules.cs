using System.Text.RegularExpressions;

namespace Telemetry.Server.Licensing;

/// <summary>The rules on what a license says; the contract documents them.</summary>
internal static partial class LicenseRules
{
    public const int MaxLimits = 50;
    public const int MaxInstances = 100_000;

    /// <summary>Counts are stored as 64-bit signed numbers.</summary>
    public const ulong MaxLimit = long.MaxValue;

    public static readonly TimeSpan MaxGrace = TimeSpan.FromDays(365);

    /// <summary>No license began before it.</summary>
    public static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Dates lie before it: far enough from the last moment there is to add whatever is added to dates.</summary>
    public static readonly DateTimeOffset Latest = new(3000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public const string MomentRule =
        "must be a moment in the years 2000 to 2999; leave expires_at out for a license that never expires";

    public const string RequestIdRule = "must be 16 to 64 letters, digits and hyphens, drawn at random, e.g. a UUID";

    public const string CustomerReferenceRule =
        "must be 1 to 64 letters, digits and the characters . _ : / -: the vendor's own number for the customer, no name or mail address";

    public const string EditionRule = "must be 1 to 40 lower-case letters, digits and hyphens, e.g. enterprise";

    public const string LimitsRule =
        "must have at most 50 entries, named by lower-case letters, digits and underscores, e.g. rooms";

    public static bool IsCustomerReference(string text) => CustomerReference().IsMatch(text);

    public static bool IsRequestId(string text) => RequestId().IsMatch(text);

    public static bool IsEdition(string text) => Edition().IsMatch(text);

    public static bool AreCounts(IEnumerable<KeyValuePair<string, ulong>> counts)
    {
        var number = 0;
        return counts.All(count => ++number <= MaxLimits && count.Value <= MaxLimit && LimitName().IsMatch(count.Key));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9-]{16,64}\z")]
    private static partial Regex RequestId();

    [GeneratedRegex(@"\A[A-Za-z0-9._:/-]{1,64}\z")]
    private static partial Regex CustomerReference();

    [GeneratedRegex(@"\A[a-z0-9-]{1,40}\z")]
    private static partial Regex Edition();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,39}\z")]
    private static partial Regex LimitName();
}
