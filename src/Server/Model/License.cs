namespace Telemetry.Server.Model;

/// <summary>A license as it is kept: without its key.</summary>
internal sealed record License
{
    public required LicenseId Id { get; init; }

    /// <summary>Seat in the order of issue, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>What the key is found by.</summary>
    public required SubscriptionKeyHash KeyHash { get; init; }

    /// <summary>What is shown instead of the key, e.g. "RVOX-...-7K2M".</summary>
    public required string KeyMask { get; init; }

    /// <summary>The vendor's own name for the customer.</summary>
    public required string CustomerReference { get; init; }

    public required string Edition { get; init; }

    public required IReadOnlyList<string> Apps { get; init; }

    /// <summary>A name that is missing has no limit.</summary>
    public required IReadOnlyDictionary<string, ulong> Limits { get; init; }

    public required int InstancesAllowed { get; init; }

    public required OveragePolicy Overage { get; init; }

    /// <summary>UTC, whole milliseconds, as all moments here; null: from its issue, whatever the clock showed then.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public TimeSpan Grace { get; init; }

    public required LicenseState State { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>When it ends for good; null: never.</summary>
    public DateTimeOffset? EndsAt =>
        ExpiresAt is { } expires && expires > DateTimeOffset.MaxValue - Grace ? DateTimeOffset.MaxValue : ExpiresAt + Grace;

    /// <summary>The call that issued it, when that can be repeated.</summary>
    public IssueCall? IssuedBy { get; init; }
}

/// <summary>A call that issued a license, so that its repetition is known. Keyed hashes of what the caller sent.</summary>
/// <param name="RequestId">Of the request id.</param>
/// <param name="Order">Of everything else.</param>
internal readonly record struct IssueCall(UInt128 RequestId, UInt128 Order);

/// <summary>Whether the vendor lets a license count. Values are stored: never change one.</summary>
internal enum LicenseState : byte
{
    None = 0,
    Active = 1,
    Suspended = 2,

    /// <summary>For good.</summary>
    Revoked = 3,
}

/// <summary>What happens with one installation more than a license allows. Values are stored: never change one.</summary>
internal enum OveragePolicy : byte
{
    None = 0,
    Refuse = 1,
    Allow = 2,
}
