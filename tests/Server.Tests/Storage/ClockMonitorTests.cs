using Microsoft.Extensions.Logging;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Tests.Licensing;

namespace Telemetry.Server.Tests.Storage;

/// <summary>From when on a clock was moved, and how long that is doubted.</summary>
public sealed class ClockMonitorTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly TemporaryStore _temporary = new();
    private readonly JumpingClock _clock = new(Now);
    private readonly CapturedLogs _logs = new();

    public ValueTask DisposeAsync() => _temporary.DisposeAsync();

    [Theory]
    [InlineData(0, false)]
    [InlineData(5 * TimeSpan.TicksPerMinute, false)]
    [InlineData(5 * TimeSpan.TicksPerMinute + 1, true)]
    [InlineData(-5 * TimeSpan.TicksPerMinute, false)]
    [InlineData(-5 * TimeSpan.TicksPerMinute - 1, true)]
    public void A_clock_was_moved_when_it_is_more_than_five_minutes_off(long ticks, bool moved)
    {
        using var monitor = Monitor();
        _clock.Advance(TimeSpan.FromHours(30));

        _clock.Jump(TimeSpan.FromTicks(ticks));

        Assert.Equal(moved, monitor.Finding is not null);
        Assert.Equal(!moved, monitor.IsTrusted);
    }

    [Fact]
    public void Small_corrections_add_up()
    {
        using var monitor = Monitor();
        for (var i = 0; i < 2; i++)
        {
            _clock.Jump(TimeSpan.FromMinutes(3));
            Assert.Equal(i == 1, monitor.Finding is not null);
        }
    }

    [Fact]
    public void The_finding_says_by_how_much_and_to_when_and_is_logged_once()
    {
        using var monitor = Monitor();
        _clock.Advance(TimeSpan.FromHours(1));

        _clock.Jump(-TimeSpan.FromHours(49));

        Assert.Equal(
            "The clock was moved by 2.01:00:00 to 2026-11-18 12:00:00 UTC. Check it; what is stored is dated by it.", monitor.Finding);
        Assert.NotNull(monitor.Finding);
        var line = Assert.Single(_logs.Lines);
        Assert.Equal(LogLevel.Warning, line.Level);
    }

    [Fact]
    public void A_clock_is_trusted_after_a_day_and_doubted_for_a_day_after_each_move()
    {
        using var monitor = Monitor();
        Assert.Null(monitor.Finding);
        _clock.Advance(ClockMonitor.TrialPeriod - Tick);
        Assert.False(monitor.IsTrusted);
        _clock.Advance(Tick);
        Assert.True(monitor.IsTrusted);

        _clock.Jump(TimeSpan.FromDays(3));
        Assert.False(monitor.IsTrusted);
        _clock.Advance(ClockMonitor.TrialPeriod - Tick);
        Assert.False(monitor.IsTrusted);
        Assert.NotNull(monitor.Finding);
        _clock.Advance(Tick);

        Assert.True(monitor.IsTrusted);
        Assert.Null(monitor.Finding);
    }

    [Fact]
    public async Task A_move_is_noticed_within_a_minute_without_being_asked()
    {
        using var monitor = Monitor();
        await monitor.StartAsync(CancellationToken.None);
        _clock.Jump(TimeSpan.FromDays(1));

        await Patience.For(
            _logs.WaitForAsync("The clock was moved by 1.00:00:00").ContinueWith(_ => true, TaskScheduler.Default),
            () => _clock.Advance(TimeSpan.FromMinutes(1)), "the move is logged");

        await monitor.StopAsync(CancellationToken.None);
        Assert.True(monitor.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task A_license_that_changed_more_than_a_day_ahead_is_said(int millisecondsMore, bool said)
    {
        using var monitor = Monitor();
        var ahead = Now + ClockMonitor.TrialPeriod + TimeSpan.FromMilliseconds(millisecondsMore);
        await _temporary.Store.ChangeLicensesAsync(new() { Licenses = [SampleLicense.Of(1) with { ChangedAt = ahead }, SampleLicense.Of(2)] }, CancellationToken.None);

        await AssertSaidAsync(monitor, said, "2026-11-21");
    }

    [Theory]
    [InlineData(21, false)]
    [InlineData(22, true)]
    public async Task A_seat_that_was_checked_more_than_a_day_ahead_is_said(int day, bool said)
    {
        using var monitor = Monitor();
        LicenseLease Seat(uint instance, DateOnly checkedOn) => new(
            new LicenseId(1), new LicensedInstanceId(instance), new DateOnly(2026, 11, 1), checkedOn, LicenseLease.NoUsage);
        await _temporary.Store.ChangeLicensesAsync(
            new()
            {
                Licenses = [SampleLicense.Of(1)],
                Leases = [Seat(1, new DateOnly(2026, 11, day)), Seat(2, new DateOnly(2026, 11, 20))],
            },
            CancellationToken.None);

        await AssertSaidAsync(monitor, said, "2026-11-22");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task A_report_that_was_accepted_more_than_a_day_ahead_is_said(int millisecondsMore, bool said)
    {
        using var monitor = Monitor();
        var ahead = Now + ClockMonitor.TrialPeriod + TimeSpan.FromMilliseconds(millisecondsMore);
        _temporary.Store.Commit([new RandomReports(new Random(1)).Next(1)], new CommitRules(ahead, TimeSpan.Zero));

        await AssertSaidAsync(monitor, said, "2026-11-21");
    }

    private async Task AssertSaidAsync(ClockMonitor monitor, bool said, string date)
    {
        await monitor.StartAsync(CancellationToken.None);

        Assert.Equal(
            said ? $"The clock shows 2026-11-20, and stored dates reach {date}: it is wrong now or was then. Check it." : null,
            monitor.Finding);
        Assert.Equal(said ? 1 : 0, _logs.Lines.Count(line => line.Text.Contains("Stored dates reach", StringComparison.Ordinal)));
        await monitor.StopAsync(CancellationToken.None);
    }

    private ClockMonitor Monitor() =>
        new(_temporary.Open(), _clock, new LoggerFactory([_logs]).CreateLogger<ClockMonitor>());
}
