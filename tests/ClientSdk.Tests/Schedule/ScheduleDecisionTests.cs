using Telemetry.Client.Schedule;

namespace Telemetry.ClientSdk.Tests.Schedule;

/// <summary>The schedule's decisions at the ends of every interval.</summary>
public sealed class ScheduleDecisionTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan Jitter = TimeSpan.FromMinutes(30);
    private static readonly DateTimeOffset Installed = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset First = Installed + TimeSpan.FromMinutes(90);

    /// <summary>Six hours into the sixth period.</summary>
    private static readonly DateTimeOffset Now = First.AddDays(5).AddHours(6);

    [Fact]
    public void The_first_attempt_is_due_after_an_hour_and_the_jitter_to_the_tick()
    {
        var state = new ScheduleState(Installed);

        Assert.Equal(new ScheduleDecision(false, 0, First, state), Decide(state, First - Tick));
        Assert.Equal(new ScheduleDecision(true, 0, First, state), Decide(state, First));
        Assert.Equal(new ScheduleDecision(true, 0, First, state), Decide(state, First.AddDays(1) - Tick));
        Assert.Equal(new ScheduleDecision(true, 1, First.AddDays(1), state), Decide(state, First.AddDays(1)));
    }

    [Fact]
    public void The_first_attempt_keeps_its_distance_to_one_by_hand_and_heeds_the_server()
    {
        var byHand = new ScheduleState(Installed, LastAttemptAt: First.AddMinutes(-10));
        Assert.Equal(First.AddMinutes(51), Decide(byHand, First - Tick).Next);

        var asked = byHand with { NotBefore = First.AddHours(3) };
        Assert.Equal(First.AddHours(3), Decide(asked, First - Tick).Next);
        Assert.Equal(First, Decide(byHand with { LastAttemptAt = First.AddHours(-2) }, First - Tick).Next);
    }

    [Theory]
    [InlineData(4L, true, 5)]
    [InlineData(5L, false, 6)]
    [InlineData(6L, false, 7)]
    [InlineData(null, true, 5)]
    public void Each_period_has_one_attempt(long? last, bool due, long period)
    {
        var state = new ScheduleState(Installed, last);

        Assert.Equal(new ScheduleDecision(due, period, First.AddDays(period), state), Decide(state, Now));
    }

    [Fact]
    public void An_attempt_waits_for_the_latest_of_its_period_its_distance_and_the_servers_wish()
    {
        var state = new ScheduleState(Installed, 4, Now - ReportSchedule.Spacing);
        Assert.Equal(new ScheduleDecision(true, 5, Now, state), Decide(state, Now));

        state = state with { LastAttemptAt = state.LastAttemptAt + Tick };
        Assert.Equal(new ScheduleDecision(false, 5, Now + Tick, state), Decide(state, Now));

        state = state with { NotBefore = Now.AddHours(1) };
        Assert.Equal(new ScheduleDecision(false, 5, Now.AddHours(1), state), Decide(state, Now));

        state = new ScheduleState(Installed, 4, NotBefore: Now);
        Assert.Equal(new ScheduleDecision(true, 5, Now, state), Decide(state, Now));
    }

    [Fact]
    public void An_interrupted_attempt_is_taken_up_again_after_ten_minutes_to_the_tick()
    {
        var state = new ScheduleState(Installed, 5, Now.AddMinutes(-10), InterruptedAt: Now.AddMinutes(-10));

        Assert.Equal(new ScheduleDecision(true, 5, Now, state), Decide(state, Now));
        Assert.Equal(new ScheduleDecision(false, 5, Now, state), Decide(state, Now - Tick));
    }

    [Fact]
    public void An_interrupted_attempt_heeds_the_server_and_gives_way_to_the_next_period()
    {
        var state = new ScheduleState(Installed, 5, InterruptedAt: Now.AddHours(-1), NotBefore: Now.AddHours(2));
        Assert.Equal(new ScheduleDecision(false, 5, Now.AddHours(2), state), Decide(state, Now));

        var next = First.AddDays(6);
        state = new ScheduleState(Installed, 5, InterruptedAt: next.AddMinutes(-10) - Tick);
        Assert.Equal(new ScheduleDecision(false, 5, next - Tick, state), Decide(state, next.AddMinutes(-5)));
        state = state with { InterruptedAt = next.AddMinutes(-10) };
        Assert.Equal(new ScheduleDecision(false, 6, next, state), Decide(state, next.AddMinutes(-5)));
    }

    [Fact]
    public void An_installation_of_the_future_begins_now_and_one_of_tomorrow_is_waited_for()
    {
        var tomorrow = new ScheduleState(Now.AddDays(1), 3);
        Assert.Equal(Now.AddDays(1).AddMinutes(90), Decide(tomorrow, Now).Next);
        Assert.Equal(tomorrow.InstalledAt, Decide(tomorrow, Now).State.InstalledAt);

        var later = new ScheduleState(Now.AddDays(1) + Tick, 3, Now.AddDays(1), Now.AddDays(1), Now.AddDays(1));
        Assert.Equal(new ScheduleDecision(false, 0, Now.AddMinutes(90), new ScheduleState(Now)), Decide(later, Now));
    }

    [Theory]
    [InlineData(6, 6L)]
    [InlineData(7, 5L)]
    [InlineData(4_000, 5L)]
    public void A_period_that_cannot_have_been_yet_is_the_current_one(long last, long mended) =>
        Assert.Equal(mended, Decide(new ScheduleState(Installed, last), Now).State.LastPeriod);

    [Fact]
    public void A_period_before_the_first_is_none() =>
        Assert.Equal(0, Decide(new ScheduleState(Installed, 9), Installed).State.LastPeriod);

    [Fact]
    public void Moments_of_the_future_count_up_to_a_day_and_a_servers_wish_up_to_a_week()
    {
        var state = new ScheduleState(Installed, 4, Now.AddDays(1), Now.AddDays(7), Now.AddDays(1));
        Assert.Equal(state, Decide(state, Now).State);

        Assert.Null(Decide(state with { LastAttemptAt = Now.AddDays(1) + Tick }, Now).State.LastAttemptAt);
        Assert.Null(Decide(state with { NotBefore = Now.AddDays(7) + Tick }, Now).State.NotBefore);
        Assert.Null(Decide(state with { InterruptedAt = Now.AddDays(1) + Tick }, Now).State.InterruptedAt);
    }

    [Theory]
    [InlineData("https://cloud.example.org", "roomvox", 31_359)]
    [InlineData("https://cloud.example.org", "formvox", 3_012_035)]
    [InlineData("https://a.example", "roomvox", 1_127_494)]
    public void The_jitter_of_an_installation_is_the_same_in_every_version(string url, string app, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), ReportJitter.Of(SampleReports.HashOf(url), app));

    private static ScheduleDecision Decide(ScheduleState state, DateTimeOffset now) => ReportSchedule.Decide(state, Jitter, now);
}
