using System.CommandLine;
using System.Globalization;
using Telemetry.Contracts.V1;
using Duration = Google.Protobuf.WellKnownTypes.Duration;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary>The options that say what a license covers, as <c>issue</c> and <c>change</c> have them.</summary>
internal sealed class LicenseTerms(bool required)
{
    private const int MostGraceDays = 365;

    private readonly Option<string?> _customer = new("--customer")
    {
        Description = "Your own name for the customer, e.g. a number; no mail address.",
        Required = required,
    };

    private readonly Option<string[]> _apps = new("--app")
    {
        Description = "An app that it covers, e.g. roomvox; may be repeated.",
        Required = required,
    };

    private readonly Option<string?> _edition = new("--edition")
    {
        Description = "What was sold." + (required ? " Default: enterprise." : ""),
    };

    private readonly Option<string[]> _limits = new("--limit")
    {
        Description = "A limit as NAME=NUMBER, e.g. rooms=50; may be repeated.",
    };

    private readonly NumberOption _instances = new("--instances", 1, int.MaxValue)
    {
        Description = "How many installations may use it." + (required ? " Default: 1." : ""),
    };

    private readonly Option<string?> _overage = new("--overage")
    {
        Description = "What happens with one installation more: refuse or allow." + (required ? " Default: refuse." : ""),
    };

    private readonly Option<string?> _expires = new("--expires")
    {
        Description = "Its last day (UTC), e.g. 2027-12-31, or the moment of its end, e.g. 2027-12-31T18:00:00Z."
            + (required ? " Default: it never expires." : ""),
    };

    private readonly NumberOption _grace = new("--grace", 0, MostGraceDays)
    {
        Description = "How many days it counts beyond its expiry." + (required ? " Default: 0." : ""),
    };

    public IEnumerable<Option> All =>
        [_customer, _apps, _edition, _limits, _instances, _overage, _expires, _grace];

    /// <summary>The contract's names of the fields that were given.</summary>
    public IEnumerable<string> FieldsGiven(ParseResult parsed) =>
        new (Option Option, string Field)[]
        {
            (_customer, "customer_reference"), (_apps, "apps"), (_edition, "edition"), (_limits, "limits"),
            (_instances, "instances_allowed"), (_overage, "overage_policy"), (_expires, "expires_at"), (_grace, "grace"),
        }.Where(known => parsed.GetResult(known.Option) is { Implicit: false }).Select(known => known.Field);

    public string? CustomerOf(ParseResult parsed) => parsed.GetValue(_customer);

    public string? EditionOf(ParseResult parsed) => parsed.GetValue(_edition);

    public IEnumerable<string> AppsOf(ParseResult parsed) =>
        (parsed.GetValue(_apps) ?? []).Select(name => AppName.Parse(name)).Distinct();

    public Dictionary<string, ulong> LimitsOf(ParseResult parsed)
    {
        var limits = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(_limits) ?? [])
        {
            var parts = text.Split('=');
            if (parts is not [{ Length: > 0 } name, { } count]
                || !ulong.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw new CliUsageException("--limit is written NAME=NUMBER, e.g. rooms=50.");
            }

            if (!limits.TryAdd(name, number))
            {
                throw new CliUsageException($"--limit names '{name}' twice.");
            }
        }

        return limits;
    }

    public uint? InstancesOf(ParseResult parsed) => (uint?)parsed.GetValue(_instances);

    public OveragePolicy OverageOf(ParseResult parsed) => parsed.GetValue(_overage) is { } policy
        ? EventText.Parse<OveragePolicy>("--overage", policy)
        : OveragePolicy.Unspecified;

    public Timestamp? ExpiresOf(ParseResult parsed) =>
        parsed.GetValue(_expires) is { } end ? LicenseDates.ParseEnd("--expires", end) : null;

    public Duration? GraceOf(ParseResult parsed) =>
        parsed.GetValue(_grace) is { } days ? Duration.FromTimeSpan(TimeSpan.FromDays(days)) : null;
}
