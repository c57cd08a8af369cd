using Telemetry.Client;

namespace RoomBooking;

/// <summary>Counts the rooms. Their names, the bookings and who made them never get this far.</summary>
internal sealed class RoomUsageCollector(BookingDesk desk) : IUsageCollector
{
    public ValueTask<UsageSnapshot> CollectAsync(CancellationToken cancellationToken) => new(new UsageSnapshot
    {
        RoomVox = new RoomVoxUsageBuilder().AddRange(desk.Rooms.Select(room => room.Facts)).Build(),
    });
}
