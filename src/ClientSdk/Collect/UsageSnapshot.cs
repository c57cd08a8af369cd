using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>An app's figures at one moment. What is null or unset is unknown, which is not zero.</summary>
public sealed record UsageSnapshot
{
    /// <summary>Accounts.</summary>
    public Users? Users { get; init; }

    /// <summary>Subscription, with the key that proves it.</summary>
    public Subscription? Subscription { get; init; }

    /// <summary>Usage of a room-booking app; see <see cref="RoomVoxUsageBuilder"/>.</summary>
    public RoomVoxUsage? RoomVox { get; init; }
}
