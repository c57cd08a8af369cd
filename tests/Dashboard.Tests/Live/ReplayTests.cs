using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Live;

namespace Telemetry.Dashboard.Tests.Live;

public sealed class ReplayTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 14, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Start.AddDays(1));
    private readonly Replay _replay;

    public ReplayTests()
    {
        _replay = new Replay(_clock);
        foreach (var second in new[] { 0, 1, 10, 60 })
        {
            _replay.Hold(At(second));
        }
    }

    [Fact]
    public void Without_a_pace_everything_comes_at_once()
    {
        Assert.Equal([0, 1, 10, 60], Due());
        Assert.Null(_replay.Now);
    }

    [Fact]
    public void Events_come_as_far_apart_as_they_were()
    {
        _replay.Speed = 1;

        Assert.Equal([0], Due());
        Assert.Equal(Start, _replay.Now);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1], Due());
        _clock.Advance(TimeSpan.FromSeconds(8));
        Assert.Empty(Due());
        _clock.Advance(TimeSpan.FromSeconds(51));
        Assert.Equal([10, 60], Due());
    }

    [Fact]
    public void Another_pace_goes_on_where_the_replay_is()
    {
        _replay.Speed = 1;
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([0, 1], Due());

        _replay.Speed = 10;
        Assert.Equal(Start.AddSeconds(5), _replay.Now);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Start.AddSeconds(15), _replay.Now);
        Assert.Equal([10], Due());
    }

    [Fact]
    public void A_pace_begins_at_what_came_last()
    {
        Assert.Equal([0, 1, 10, 60], Due());
        _replay.Hold(At(70));

        _replay.Speed = 1;

        Assert.Equal(Start.AddSeconds(60), _replay.Now);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(Due());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([70], Due());
    }

    [Fact]
    public void A_replay_that_has_caught_up_is_live()
    {
        _replay.Speed = 100;
        _clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(_clock.GetUtcNow(), _replay.Now);
        Assert.Equal([0, 1, 10, 60], Due());
    }

    [Fact]
    public void What_stands_between_events_keeps_its_place()
    {
        var replay = new Replay(_clock) { Speed = 1 };
        replay.Hold(At(0));
        replay.Hold(At(5));
        replay.Hold(new StreamEventsResponse { Gap = new Gap() });

        Assert.Single(replay.Due().ToList());
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([StreamEventsResponse.MessageOneofCase.Event, StreamEventsResponse.MessageOneofCase.Gap], replay.Due().Select(message => message.MessageCase));
    }

    [Fact]
    public void It_is_full_at_its_limit_and_has_room_again()
    {
        _replay.Speed = 1;
        for (var i = 0; i < Replay.MostHeld; i++)
        {
            _replay.Hold(At(2));
        }

        Assert.True(_replay.IsFull);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Replay.MostHeld + 4, Due().Length);
        Assert.False(_replay.IsFull);
    }

    private int[] Due() => [.. _replay.Due().Select(message => (int)(message.Event.Time.ToDateTimeOffset() - Start).TotalSeconds)];

    private static StreamEventsResponse At(int second) => new() { Event = new Event { Time = Timestamp.FromDateTimeOffset(Start.AddSeconds(second)) } };
}
