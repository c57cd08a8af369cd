using Telemetry.Contracts.V1;

namespace Telemetry.Client.Licensing;

/// <summary>What an installation knows about its license at one moment. Immutable.</summary>
public sealed class LicenseStatus
{
    /// <summary>Whether the license may be used at that moment.</summary>
    public bool Licensed => State is LicenseState.Valid or LicenseState.ValidInGrace;

    /// <summary>The situation. Default: <see cref="LicenseState.NeverChecked"/>.</summary>
    public LicenseState State { get; init; }

    /// <summary>Why the server refused; <see cref="LicenseVerdict.Unspecified"/> unless it did. May be a newer server's verdict that this SDK has no name for.</summary>
    public LicenseVerdict Verdict { get; init; }

    /// <summary>One or two sentences for the administrator.</summary>
    public string Message { get; init; } = "";

    /// <summary>What the administrator can do, one or two sentences; empty when there is nothing to do.</summary>
    public string NextStep { get; init; } = "";

    /// <summary>Name of what was sold; empty unless licensed.</summary>
    public string Edition { get; init; } = "";

    /// <summary>Limits by name; a name that is missing has no limit. Empty unless licensed.</summary>
    public IReadOnlyDictionary<string, ulong> Limits { get; init; } = new Dictionary<string, ulong>();

    /// <summary>When the license expires, without grace; null: never, or no proof is at hand.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Until when, exclusively, <see cref="Licensed"/> stays true if the server is not heard again, by the server's clock; null unless licensed.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>When the server last gave a definite answer, a yes or a no; null: never.</summary>
    public DateTimeOffset? LastCheckedAt { get; init; }

    /// <summary>Whether nothing differs that an app would act on; words and the times of checks may.</summary>
    internal bool SameAs(LicenseStatus other) =>
        State == other.State && Verdict == other.Verdict && Edition == other.Edition && ExpiresAt == other.ExpiresAt
        && Limits.Count == other.Limits.Count
        && Limits.All(limit => other.Limits.TryGetValue(limit.Key, out var value) && value == limit.Value);
}
