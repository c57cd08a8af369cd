using Telemetry.Server.Model;

namespace Telemetry.Server.Feed;

/// <summary>Selects events: alternatives within a list, all lists together. Null stands for no restriction.</summary>
internal sealed record EventFilter
{
    public static readonly EventFilter Everything = new();

    public IReadOnlySet<App>? Apps { get; init; }

    /// <summary>At least one of these; none means no restriction.</summary>
    public EventKinds Kinds { get; init; }

    public IReadOnlySet<CountryCode>? Countries { get; init; }

    public IReadOnlySet<string>? AppVersions { get; init; }

    public IReadOnlySet<ClaimVerdict>? Verdicts { get; init; }

    public bool Matches(StoredReport stored) =>
        (Kinds == EventKinds.None || (stored.Kinds & Kinds) != 0)
        && (Apps is null || Apps.Contains(stored.Report.App))
        && (Verdicts is null || Verdicts.Contains(stored.Report.Claim.Verdict))
        && (Countries is null || Countries.Contains(stored.Report.Environment.Country))
        && (AppVersions is null || AppVersions.Contains(stored.Report.AppVersion));
}
