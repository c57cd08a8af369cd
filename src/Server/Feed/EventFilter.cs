using Telemetry.Server.Model;

namespace Telemetry.Server.Feed;

/// <summary>Selects events: alternatives within a list, all lists together. Null stands for no restriction.</summary>
internal sealed record EventFilter
{
    public static readonly EventFilter Everything = new();

    public IReadOnlySet<string>? Apps { get; init; }

    /// <summary>At least one of these; none means no restriction.</summary>
    public EventKinds Kinds { get; init; }

    public IReadOnlySet<string>? Countries { get; init; }

    public IReadOnlySet<string>? AppVersions { get; init; }

    public IReadOnlySet<ClaimVerdict>? Verdicts { get; init; }

    /// <summary>Whether it lets anything of an app pass.</summary>
    public bool Concerns(string app) => Apps is null || Apps.Contains(app);

    public bool Matches(StoredReport stored) =>
        (Kinds == EventKinds.None || (stored.Kinds & Kinds) != 0)
        && Concerns(stored.App)
        && (Verdicts is null || Verdicts.Contains(stored.Claim.Verdict))
        && (Countries is null || Countries.Contains(stored.Country))
        && (AppVersions is null || AppVersions.Contains(stored.AppVersion));
}
