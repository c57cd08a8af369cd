namespace Telemetry.Server.Model;

/// <summary>RoomVox's own figures; null means not known.</summary>
internal sealed record RoomVoxUsage
{
    public uint? Rooms { get; init; }

    public uint? RoomGroups { get; init; }

    public LabelCounts RoomTypes { get; init; } = LabelCounts.Empty;

    public LabelCounts Facilities { get; init; } = LabelCounts.Empty;

    /// <summary>Mean capacity in hundredths of a person.</summary>
    public uint? AverageCapacityHundredths { get; init; }

    public uint? AutoAcceptRooms { get; init; }

    public uint? RoomsWithSmtp { get; init; }

    public uint? RoomsWithAvailabilityRules { get; init; }

    public bool? ExchangeSyncEnabled { get; init; }

    public uint? RoomsWithExchange { get; init; }
}
