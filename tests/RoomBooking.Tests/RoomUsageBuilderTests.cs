using RoomBooking;

namespace Telemetry.RoomBooking.Tests;

public sealed class RoomUsageBuilderTests
{
    [Fact]
    public void Rooms_are_counted_as_RoomVox_counts_them()
    {
        var usage = new RoomUsageBuilder { RoomGroups = 2, ExchangeSyncEnabled = true }
            .AddRange(
            [
                new RoomFacts { Type = "meeting-room", Capacity = 8, Facilities = ["projector", "wifi"], AutoAccept = true },
                new RoomFacts { Type = "meeting-room", Capacity = 5, Facilities = ["projector"], HasSmtp = true },
                new RoomFacts { Type = "studio", Capacity = 0, HasAvailabilityRules = true, HasExchange = true },
                new RoomFacts { Capacity = 7 },
            ])
            .Build();

        Assert.Equal(4u, usage.Rooms);
        Assert.Equal(2u, usage.RoomGroups);
        Assert.Equal(6.67, usage.AverageCapacity);
        Assert.Equal([("meeting-room", 2u), ("other", 1u), ("studio", 1u)], usage.RoomTypes.Select(type => (type.Key, type.Value)));
        Assert.Equal([("projector", 2u), ("wifi", 1u)], usage.Facilities.Select(type => (type.Key, type.Value)));
        Assert.Equal(1u, usage.AutoAcceptRooms);
        Assert.Equal(1u, usage.RoomsWithSmtp);
        Assert.Equal(1u, usage.RoomsWithAvailabilityRules);
        Assert.Equal(1u, usage.RoomsWithExchange);
        Assert.True(usage.ExchangeSyncEnabled);
    }

    [Fact]
    public void What_an_administrator_typed_is_counted_and_not_named()
    {
        var usage = new RoomUsageBuilder()
            .Add(new RoomFacts { Type = "Dr. Smith's office", Facilities = ["Bob's projector", "piano (Ann)", "piano"] })
            .Add(new RoomFacts { Type = "Meeting-Room" })
            .Build();

        Assert.Equal([("custom", 2u)], usage.RoomTypes.Select(type => (type.Key, type.Value)));
        Assert.Equal([("custom", 1u), ("piano", 1u)], usage.Facilities.Select(type => (type.Key, type.Value)));
    }

    [Fact]
    public void No_rooms_have_no_groups_that_anybody_counted()
    {
        var usage = new RoomUsageBuilder().Build();

        Assert.Equal(0u, usage.Rooms);
        Assert.Equal(0, usage.AverageCapacity);
        Assert.False(usage.HasRoomGroups);
        Assert.False(usage.HasExchangeSyncEnabled);
    }
}
