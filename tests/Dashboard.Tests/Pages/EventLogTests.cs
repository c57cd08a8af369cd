using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Live;

namespace Telemetry.Dashboard.Tests.Pages;

public sealed class EventLogTests
{
    [Fact]
    public void What_is_told_again_after_a_lost_connection_is_not_shown_twice()
    {
        var log = new EventLog();
        foreach (var number in new ulong[] { 1, 2, 2, 1, 3 })
        {
            log.Take(Of(number));
        }

        Assert.Equal([3, 2, 1], log.Lines.Select(line => line.Number));
    }

    [Fact]
    public void A_paused_log_stands_still_counts_and_shows_all_when_it_goes_on()
    {
        var log = new EventLog();
        log.Take(Of(1));
        log.Pause(DateTimeOffset.UnixEpoch);
        log.Take(Of(2));
        log.Take(Of(3));

        Assert.Equal([1], log.Lines.Select(line => line.Number));
        Assert.Equal(2, log.Newer);
        log.Resume();
        Assert.Equal([3, 2, 1], log.Lines.Select(line => line.Number));
    }

    [Fact]
    public void It_keeps_200_lines_and_a_line_for_a_gap()
    {
        var log = new EventLog();
        for (ulong number = 1; number <= 300; number++)
        {
            log.Take(Of(number));
        }

        log.Take(new StreamEventsResponse { Gap = new Gap { FromNumber = 301, ToNumber = 310, Reason = GapReason.Retention } });

        Assert.Equal(EventLog.Kept, log.Lines.Count());
        Assert.IsType<EventLine.Missing>(log.Lines.First());
    }

    private static StreamEventsResponse Of(ulong number) =>
        new() { Event = new Event { Position = new FeedPosition { Number = number }, Time = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch) } };
}
