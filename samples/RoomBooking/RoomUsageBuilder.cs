using Telemetry.Contracts.Apps.RoomVox.V1;

namespace RoomBooking;

/// <summary>Counts rooms the way RoomVox does.</summary>
/// <remarks>
/// What administrators typed is counted as "custom"; the SDK would do that too, but it does not know the rooms: a room
/// counts once for each of its facilities, and once for "custom" however many of its facilities are own ones.
/// </remarks>
internal sealed class RoomUsageBuilder
{
    private const string NoType = "other";

    private readonly LabelCounter _types = new(Usage.RoomTypesFieldNumber);
    private readonly LabelCounter _facilities = new(Usage.FacilitiesFieldNumber);
    private uint _rooms;
    private uint _autoAccept;
    private uint _smtp;
    private uint _availability;
    private uint _exchange;
    private uint _sized;
    private double _places;

    /// <summary>Groups of rooms; null: not known.</summary>
    public uint? RoomGroups { get; set; }

    /// <summary>Whether synchronization with Exchange is switched on; null: not known.</summary>
    public bool? ExchangeSyncEnabled { get; set; }

    /// <summary>Counts a room.</summary>
    /// <param name="room">The room.</param>
    /// <returns>This builder.</returns>
    public RoomUsageBuilder Add(RoomFacts room)
    {
        ArgumentNullException.ThrowIfNull(room);
        _rooms++;
        _types.Count(room.Type ?? NoType);
        _facilities.Count(room.Facilities);
        _autoAccept += room.AutoAccept ? 1u : 0;
        _smtp += room.HasSmtp ? 1u : 0;
        _availability += room.HasAvailabilityRules ? 1u : 0;
        _exchange += room.HasExchange ? 1u : 0;
        if (room.Capacity > 0)
        {
            _sized++;
            _places += room.Capacity.Value;
        }

        return this;
    }

    /// <summary>Counts rooms.</summary>
    /// <param name="rooms">The rooms.</param>
    /// <returns>This builder.</returns>
    public RoomUsageBuilder AddRange(IEnumerable<RoomFacts> rooms)
    {
        ArgumentNullException.ThrowIfNull(rooms);
        foreach (var room in rooms)
        {
            Add(room);
        }

        return this;
    }

    /// <summary>The counts so far.</summary>
    public Usage Build()
    {
        var usage = new Usage
        {
            Rooms = _rooms,
            // As the existing apps have it: over the rooms that state a capacity, two decimals, 0 when none does.
            AverageCapacity = _sized == 0 ? 0 : Math.Round(_places / _sized, 2, MidpointRounding.AwayFromZero),
            AutoAcceptRooms = _autoAccept,
            RoomsWithSmtp = _smtp,
            RoomsWithAvailabilityRules = _availability,
            RoomsWithExchange = _exchange,
            RoomTypes = { _types.Counts },
            Facilities = { _facilities.Counts },
        };
        if (RoomGroups is { } groups)
        {
            usage.RoomGroups = groups;
        }

        if (ExchangeSyncEnabled is { } enabled)
        {
            usage.ExchangeSyncEnabled = enabled;
        }

        return usage;
    }
}
