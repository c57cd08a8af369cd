using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>A license to issue, checked.</summary>
internal sealed record LicenseOrder
{
    public required string CustomerReference { get; init; }

    public required string Edition { get; init; }

    public required IReadOnlyList<string> Apps { get; init; }

    public required IReadOnlyDictionary<string, ulong> Limits { get; init; }

    public required int InstancesAllowed { get; init; }

    public required OveragePolicy Overage { get; init; }

    /// <summary>Null: from now on.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public TimeSpan Grace { get; init; }
}
