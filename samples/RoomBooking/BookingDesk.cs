namespace RoomBooking;

/// <summary>Rooms and bookings, in memory.</summary>
internal sealed class BookingDesk
{
    private readonly object _lock = new();
    private readonly List<Booking> _bookings = [];

    public IReadOnlyList<Room> Rooms { get; } =
    [
        new("Alder", new RoomFacts { Type = "meeting-room", Capacity = 8, Facilities = ["projector", "whiteboard"], AutoAccept = true }),
        new("Birch", new RoomFacts { Type = "meeting-room", Capacity = 14, Facilities = ["projector", "videoconf"], HasAvailabilityRules = true }),
        new("Cedar", new RoomFacts { Type = "lecture-hall", Capacity = 120, Facilities = ["projector", "audio"] }),
        new("Quiet corner", new RoomFacts { Type = "library nook", Capacity = 2, AutoAccept = true }),
    ];

    public IReadOnlyList<Booking> Bookings
    {
        get
        {
            lock (_lock)
            {
                return [.. _bookings.OrderBy(booking => booking.Day)];
            }
        }
    }

    /// <summary>Books a room for a day.</summary>
    /// <returns>False when there is no such room, or it is taken.</returns>
    public bool TryBook(Booking booking)
    {
        lock (_lock)
        {
            if (Rooms.All(room => room.Name != booking.Room)
                || _bookings.Any(taken => taken.Room == booking.Room && taken.Day == booking.Day))
            {
                return false;
            }

            _bookings.Add(booking);
            return true;
        }
    }
}
