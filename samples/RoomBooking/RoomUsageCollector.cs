using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;

namespace RoomBooking;

/// <summary>Counts the rooms. Their names, the bookings and who made them never get this far.</summary>
internal sealed class RoomUsageCollector(BookingDesk desk) : IUsageCollector<Usage>
{
    public ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken) => new(new UsageSnapshot<Usage>
    {
        Usage = new RoomUsageBuilder().AddRange(desk.Rooms.Select(room => room.Facts)).Build(),
    });
}
