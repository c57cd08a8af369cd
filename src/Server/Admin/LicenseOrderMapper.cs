using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>Reads and checks what a vendor asks for; all broken rules are named at once.</summary>
internal sealed class LicenseOrderMapper
{
    private const string DefaultEdition = "enterprise";

    private readonly List<(string Field, string Rule)> _violations = [];

    public static LicenseOrder Read(Wire.IssueLicenseRequest request)
    {
        var reader = new LicenseOrderMapper();
        var order = new LicenseOrder
        {
            CustomerReference = reader.CustomerReference(request.CustomerReference),
            Edition = reader.Edition(request.Edition.Length == 0 ? DefaultEdition : request.Edition),
            Apps = reader.Apps(request.Apps),
            Limits = reader.Limits(request.Limits),
            InstancesAllowed = reader.Instances(request.InstancesAllowed == 0 ? 1 : request.InstancesAllowed),
            Overage = reader.Overage(request.OveragePolicy) ?? OveragePolicy.Refuse,
            NotBefore = reader.Moment("not_before", request.NotBefore),
            ExpiresAt = reader.Moment("expires_at", request.ExpiresAt),
            Grace = reader.Grace(request.Grace) ?? TimeSpan.Zero,
        };
        if (order.ExpiresAt <= order.NotBefore)
        {
            reader._violations.Add(("expires_at", "must be after not_before"));
        }

        reader.ThrowWhenBroken();
        return order;
    }

    /// <summary>What to do to the license; nothing that is not set.</summary>
    public static Func<License, License> Read(Wire.ChangeLicenseRequest request)
    {
        var reader = new LicenseOrderMapper();
        var customer = request.HasCustomerReference ? reader.CustomerReference(request.CustomerReference) : null;
        var edition = request.HasEdition ? reader.Edition(request.Edition) : null;
        var apps = request.Apps.Count > 0 ? reader.Apps(request.Apps) : null;
        var limits = request.Limits is { } set ? reader.Limits(set.Limits) : null;
        int? instances = request.HasInstancesAllowed ? reader.Instances(request.InstancesAllowed) : null;
        var overage = reader.Overage(request.OveragePolicy);
        var expires = reader.Moment("expires_at", request.ExpiresAt);
        var grace = reader.Grace(request.Grace);
        if (request.NeverExpires && expires is not null)
        {
            reader._violations.Add(("never_expires", "contradicts expires_at; set one of them"));
        }

        reader.ThrowWhenBroken();
        return license => license with
        {
            CustomerReference = customer ?? license.CustomerReference,
            Edition = edition ?? license.Edition,
            Apps = apps ?? license.Apps,
            Limits = limits ?? license.Limits,
            InstancesAllowed = instances ?? license.InstancesAllowed,
            Overage = overage ?? license.Overage,
            ExpiresAt = request.NeverExpires ? null : expires ?? license.ExpiresAt,
            Grace = grace ?? license.Grace,
        };
    }

    private string CustomerReference(string text) =>
        Checked("customer_reference", text, LicenseRules.IsCustomerReference(text), LicenseRules.CustomerReferenceRule);

    private string Edition(string text) => Checked("edition", text, LicenseRules.IsEdition(text), LicenseRules.EditionRule);

    private App[] Apps(RepeatedField<Wire.App> apps)
    {
        var known = apps.Select(app => WireEnums.Known<App>((int)app) ?? App.Unknown).Distinct().ToArray();
        return Checked(
            "apps", known, known.Length > 0 && !known.Contains(App.Unknown),
            "must name at least one app, and only such that this server knows");
    }

    private Dictionary<string, ulong> Limits(MapField<string, ulong> limits) => Checked(
        "limits", limits.ToDictionary(StringComparer.Ordinal), LicenseRules.AreCounts(limits), LicenseRules.LimitsRule);

    private int Instances(uint allowed) => (int)Checked(
        "instances_allowed", allowed, allowed is >= 1 and <= LicenseRules.MaxInstances, "must be 1 to 100000");

    private OveragePolicy? Overage(Wire.OveragePolicy policy)
    {
        var known = WireEnums.Known<OveragePolicy>((int)policy);
        return Checked(
            "overage_policy", known, known is not null || policy == Wire.OveragePolicy.Unspecified,
            "must be a policy that this server knows");
    }

    private DateTimeOffset? Moment(string field, Timestamp? moment)
    {
        if (moment is null)
        {
            return null;
        }

        // 0001-01-01 to 9999-12-31, as Timestamp itself has it; milliseconds are what is stored.
        var valid = moment.Seconds is >= -62_135_596_800 and <= 253_402_300_799 && moment.Nanos is >= 0 and <= 999_999_999;
        Checked(field, moment, valid, "must be a moment between the years 1 and 9999");
        return valid ? DateTimeOffset.FromUnixTimeMilliseconds(moment.Seconds * 1_000 + moment.Nanos / 1_000_000) : null;
    }

    private TimeSpan? Grace(Duration? grace)
    {
        if (grace is null)
        {
            return null;
        }

        var valid = grace.Seconds >= 0 && grace.Seconds <= LicenseRules.MaxGrace.TotalSeconds && grace.Nanos == 0;
        Checked("grace", grace, valid, "must be whole seconds, at most 365 days");
        return valid ? TimeSpan.FromSeconds(grace.Seconds) : null;
    }

    private T Checked<T>(string field, T value, bool valid, string rule)
    {
        if (!valid)
        {
            _violations.Add((field, rule));
        }

        return value;
    }

    private void ThrowWhenBroken()
    {
        if (_violations.Count > 0)
        {
            throw RpcErrors.Invalid(
                ErrorReasons.RequestInvalid, string.Join(' ', _violations.Select(broken => $"{broken.Field} {broken.Rule}.")),
                _violations);
        }
    }
}
