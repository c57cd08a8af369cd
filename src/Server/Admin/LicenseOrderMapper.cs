using System.Globalization;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>Reads and checks what a vendor asks for; all broken rules are named at once.</summary>
internal sealed class LicenseOrderMapper(AppRegistry apps)
{
    private const string DefaultEdition = "enterprise";
    private const int MaxApps = 100;

    private static readonly string[] ChangeableFields =
    [
        "customer_reference", "edition", "apps", "limits", "instances_allowed", "overage_policy", "expires_at", "grace",
    ];

    private readonly List<(string Field, string Rule)> _violations = [];

    public static LicenseOrder Read(Wire.IssueLicenseRequest request, AppRegistry apps)
    {
        var reader = new LicenseOrderMapper(apps);
        var order = new LicenseOrder
        {
            CustomerReference = reader.CustomerReference(request.CustomerReference),
            Edition = reader.Edition(request.Edition.Length == 0 ? DefaultEdition : request.Edition),
            Apps = reader.Apps(request.Apps),
            Limits = reader.Limits(request.Limits),
            InstancesAllowed = reader.Instances(request.InstancesAllowed == 0 ? 1 : request.InstancesAllowed),
            Overage = reader.Overage(request.OveragePolicy),
            NotBefore = reader.Moment("not_before", request.NotBefore),
            ExpiresAt = reader.Moment("expires_at", request.ExpiresAt),
            Grace = reader.Grace(request.Grace),
        };
        if (order.ExpiresAt <= order.NotBefore)
        {
            reader._violations.Add(("expires_at", "must be after not_before"));
        }

        if (request.RequestId.Length > 0 && !LicenseRules.IsRequestId(request.RequestId))
        {
            reader._violations.Add(("request_id", LicenseRules.RequestIdRule));
        }

        reader.ThrowWhenBroken();
        return order;
    }

    /// <summary>What to do to the license: what the mask names, and nothing else.</summary>
    /// <remarks>The result refuses what the license at hand does not allow.</remarks>
    public static Func<License, License> Read(Wire.ChangeLicenseRequest request, AppRegistry apps)
    {
        var reader = new LicenseOrderMapper(apps);
        var paths = reader.Paths(request);
        var change = paths.Aggregate<string, Func<License, License>>(license => license, (before, path) =>
        {
            var change = reader.Change(path, request);
            return license => change(before(license));
        });
        reader.ThrowWhenBroken();
        return license => change(license) is var changed && changed.ExpiresAt <= changed.NotBefore
            ? throw RpcErrors.InvalidField("expires_at", "must be after the license's not_before")
            : changed;
    }

    private Func<License, License> Change(string path, Wire.ChangeLicenseRequest request)
    {
        switch (path)
        {
            case "customer_reference":
                var customer = CustomerReference(request.CustomerReference);
                return license => license with { CustomerReference = customer };
            case "edition":
                var edition = Edition(request.Edition);
                return license => license with { Edition = edition };
            case "apps":
                var apps = Apps(request.Apps);
                return license => license with { Apps = apps };
            case "limits":
                var limits = Limits(request.Limits);
                return license => license with { Limits = limits };
            case "instances_allowed":
                var instances = Instances(request.InstancesAllowed);
                return license => license with { InstancesAllowed = instances };
            case "overage_policy":
                var overage = Overage(request.OveragePolicy);
                return license => license with { Overage = overage };
            case "expires_at":
                var expires = Moment("expires_at", request.ExpiresAt);
                return license => license with { ExpiresAt = expires };
            default:
                var grace = Grace(request.Grace);
                return license => license with { Grace = grace };
        }
    }

    /// <summary>The fields to change. One that is set and not named is a mistake, and passing over it would hide that.</summary>
    private List<string> Paths(Wire.ChangeLicenseRequest request)
    {
        var paths = request.UpdateMask?.Paths.Distinct().ToList() ?? [];
        if (paths.Count == 0)
        {
            _violations.Add(("update_mask", $"is required: name the fields to change, of {Join(ChangeableFields)}"));
        }

        // An unknown path may be anything, so it is not repeated in words.
        if (paths.RemoveAll(path => !ChangeableFields.Contains(path)) > 0)
        {
            _violations.Add(("update_mask", $"must name only fields that can be changed: {Join(ChangeableFields)}"));
        }

        foreach (var field in ChangeableFields.Except(paths).Where(field => IsSet(request, field)))
        {
            _violations.Add((field, "is set, but update_mask does not name it"));
        }

        return paths;
    }

    private static bool IsSet(Wire.ChangeLicenseRequest request, string field)
    {
        var descriptor = Wire.ChangeLicenseRequest.Descriptor.FindFieldByName(field);
        return descriptor.Accessor.GetValue(request) switch
        {
            null => false,
            string text => text.Length > 0,
            System.Collections.ICollection many => many.Count > 0,
            uint number => number > 0,
            System.Enum value => Convert.ToInt32(value, CultureInfo.InvariantCulture) != 0,
            _ => true,
        };
    }

    private static string Join(IEnumerable<string> fields) => string.Join(", ", fields);

    private string CustomerReference(string text) =>
        Checked("customer_reference", text, LicenseRules.IsCustomerReference(text), LicenseRules.CustomerReferenceRule);

    private string Edition(string text) => Checked("edition", text, LicenseRules.IsEdition(text), LicenseRules.EditionRule);

    private string[] Apps(RepeatedField<string> slugs)
    {
        var valid = slugs.Count is > 0 and <= MaxApps && slugs.All(slug => apps.Find(slug) is not null);
        return Checked("apps", valid ? [.. slugs.Distinct(StringComparer.Ordinal)] : Array.Empty<string>(), valid, apps.Rule);
    }

    private Dictionary<string, ulong> Limits(MapField<string, ulong> limits) => Checked(
        "limits", limits.ToDictionary(StringComparer.Ordinal), LicenseRules.AreCounts(limits), LicenseRules.LimitsRule);

    private int Instances(uint allowed) => (int)Checked(
        "instances_allowed", allowed, allowed is >= 1 and <= LicenseRules.MaxInstances, "must be 1 to 100000");

    private OveragePolicy Overage(Wire.OveragePolicy policy) => Checked(
        "overage_policy", policy == Wire.OveragePolicy.Unspecified ? OveragePolicy.Refuse : (OveragePolicy)policy,
        System.Enum.IsDefined(policy), "must be a policy that this server knows");

    private DateTimeOffset? Moment(string field, Timestamp? moment)
    {
        if (moment is null)
        {
            return null;
        }

        var valid = moment.Seconds >= LicenseRules.Earliest.ToUnixTimeSeconds()
            && moment.Seconds < LicenseRules.Latest.ToUnixTimeSeconds() && moment.Nanos is >= 0 and <= 999_999_999;
        Checked(field, moment, valid, LicenseRules.MomentRule);
        // Milliseconds are what is stored.
        return valid ? DateTimeOffset.FromUnixTimeMilliseconds(moment.Seconds * 1_000 + moment.Nanos / 1_000_000) : null;
    }

    private TimeSpan Grace(Duration? grace)
    {
        var valid = grace is null
            || (grace.Seconds >= 0 && grace.Seconds <= LicenseRules.MaxGrace.TotalSeconds && grace.Nanos == 0);
        Checked("grace", grace, valid, "must be whole seconds, at most 365 days");
        return valid ? TimeSpan.FromSeconds(grace?.Seconds ?? 0) : TimeSpan.Zero;
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
