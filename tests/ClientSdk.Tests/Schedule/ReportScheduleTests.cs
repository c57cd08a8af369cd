using Telemetry.Client.Schedule;

namespace Telemetry.ClientSdk.Tests.Schedule;

public sealed class ReportScheduleTests
{
    private const int Days = 400;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 17, 42, TimeSpan.Zero);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Over_400_days_there_is_one_attempt_at_the_beginning_of_each_period_without_drift(int seed)
    {
        var installation = new SimulatedInstallation(Start, JitterOf(seed));

        for (var now = Start; now < Start.AddDays(Days);)
        {
            var next = installation.Look(now);
            // As the client does: at the moment that the schedule names, and at least every ten minutes.
            now = next < now.AddMinutes(10) ? next : now.AddMinutes(10);
        }

        Assert.Equal(
            Enumerable.Range(0, Days).Select(day => (installation.First.AddDays(day), (long)day))
                .TakeWhile(attempt => attempt.Item1 < Start.AddDays(Days)),
            installation.Attempts);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void With_restarts_suspends_and_long_outages_each_period_with_time_for_it_has_exactly_one_attempt(int seed)
    {
        var random = new Random(seed);
        var installation = new SimulatedInstallation(Start, JitterOf(seed));
        var up = new List<(DateTimeOffset From, DateTimeOffset To)>();

        for (var now = Start; now < Start.AddDays(Days);)
        {
            // From minutes to days up, from seconds to three weeks down.
            var end = now + TimeSpan.FromMinutes(Math.Pow(10, 1 + 3 * random.NextDouble()));
            up.Add((now, end));
            while (now < end)
            {
                var next = installation.Look(now);
                now = next < now.AddMinutes(10) ? next : now.AddMinutes(10);
            }

            now = end + TimeSpan.FromSeconds(Math.Pow(10, 6.25 * random.NextDouble()));
        }

        Assert.Equal(installation.Attempts.Count, installation.Attempts.Select(attempt => attempt.Period).Distinct().Count());
        Assert.All(installation.Attempts.Zip(installation.Attempts.Skip(1)), pair =>
            Assert.True(pair.Second.At - pair.First.At >= ReportSchedule.Spacing));
        Assert.All(installation.Attempts, attempt =>
        {
            var period = PeriodOf(installation, attempt.Period);
            Assert.InRange(attempt.At, period.From, period.To);
        });
        var attempted = installation.Attempts.Select(attempt => attempt.Period).ToHashSet();
        for (long number = 0; PeriodOf(installation, number).To < Start.AddDays(Days); number++)
        {
            var period = PeriodOf(installation, number);
            // Up after everything that may put an attempt off: the distance to the one before.
            if (up.Any(window => window.From < period.To && window.To > period.From + ReportSchedule.Spacing
                && Min(window.To, period.To) - Max(window.From, period.From + ReportSchedule.Spacing) > TimeSpan.FromMinutes(10)))
            {
                Assert.Contains(number, attempted);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_clock_that_jumps_neither_floods_nor_silences_an_installation(int seed)
    {
        var random = new Random(seed);
        var installation = new SimulatedInstallation(Start, JitterOf(seed));
        var offset = TimeSpan.Zero;
        var jumps = new List<DateTimeOffset>();
        var attempts = new List<DateTimeOffset>();

        for (var now = Start; now < Start.AddDays(Days); now = now.AddMinutes(10))
        {
            if (random.Next(6 * 24 * 20) == 0)
            {
                // About every three weeks, by up to ten years, either way, and often back again.
                offset = random.Next(3) == 0
                    ? TimeSpan.Zero
                    : TimeSpan.FromHours(Math.Pow(10, 4.9 * random.NextDouble()) * (random.Next(2) == 0 ? 1 : -1));
                jumps.Add(now);
            }

            var before = installation.Attempts.Count;
            installation.Look(now + offset);
            if (installation.Attempts.Count > before)
            {
                attempts.Add(now);
            }
        }

        // Each jump may begin a period anew, so it may cost one attempt more.
        Assert.True(attempts.Count <= Days + jumps.Count, $"{attempts.Count} attempts, {jumps.Count} jumps");
        // Nor is anybody silent: the longest wait is a clock set back by almost a period, which is waited out.
        var silent = attempts.Prepend(Start).Zip(attempts.Append(Start.AddDays(Days)), (one, two) => two - one).Max();
        Assert.True(
            silent <= (2 + jumps.Count(jump => jumps.Any(other => other != jump && (other - jump).Duration() < TimeSpan.FromDays(3))))
                * ReportSchedule.Period + ReportSchedule.LongestJitter + ReportSchedule.Peace + TimeSpan.FromMinutes(10),
            $"silent for {silent}");
    }

    [Fact]
    public void The_first_hour_of_an_installation_is_left_in_peace()
    {
        var installation = new SimulatedInstallation(Start, TimeSpan.Zero);

        Assert.Equal(Start.AddHours(1), installation.Look(Start.AddHours(1).AddTicks(-1)));
        Assert.Empty(installation.Attempts);
        installation.Look(Start.AddHours(1));
        Assert.Single(installation.Attempts);
    }

    [Fact]
    public void A_report_by_hand_keeps_its_distance_and_does_not_move_the_schedule()
    {
        var installation = new SimulatedInstallation(Start, TimeSpan.Zero);
        installation.Look(installation.First);
        var second = installation.First.AddDays(1);
        installation.SendByHand(second.AddMinutes(-5));

        Assert.Equal(second.AddMinutes(-5) + ReportSchedule.Spacing, installation.Look(second));
        installation.Look(second.AddMinutes(56));
        Assert.Equal(2, installation.Attempts.Count);
        Assert.Equal(installation.First.AddDays(2), installation.Look(second.AddHours(3)));
    }

    [Fact]
    public void A_server_that_asks_for_patience_gets_it_for_a_week_at_most()
    {
        var installation = new SimulatedInstallation(Start, TimeSpan.Zero);
        installation.Look(installation.First);
        installation.ServerWantsNoneBefore(installation.First.AddDays(3));
        Assert.Equal(installation.First.AddDays(3), installation.Look(installation.First.AddDays(1)));

        installation.ServerWantsNoneBefore(installation.First.AddDays(3000));
        installation.Look(installation.First.AddDays(4));

        Assert.Equal(2, installation.Attempts.Count);
    }

    [Fact]
    public void The_jitter_is_stable_and_evenly_spread_over_two_hours()
    {
        const int Installations = 240_000;
        var jitters = Enumerable.Range(0, Installations)
            .Select(number => ReportJitter.Of(SampleReports.HashOf($"https://{number}.example"), "roomvox")).ToList();

        Assert.Equal(ReportJitter.Of(SampleReports.HashOf("https://7.example"), "roomvox"), jitters[7]);
        Assert.NotEqual(ReportJitter.Of(SampleReports.HashOf("https://7.example"), "formvox"), jitters[7]);
        Assert.All(jitters, jitter => Assert.InRange(jitter, TimeSpan.Zero, ReportSchedule.LongestJitter));
        // Chi-square over 24 bins of five minutes; 49.7 is passed by chance once in a thousand, and nothing here is by chance.
        const double Expected = Installations / 24.0;
        var chiSquare = jitters.GroupBy(jitter => (int)(jitter / TimeSpan.FromMinutes(5)))
            .Sum(bin => Math.Pow(bin.Count() - Expected, 2) / Expected);
        Assert.True(chiSquare < 49.7, $"chi-square {chiSquare:0.0}");
    }

    private static TimeSpan JitterOf(int seed) =>
        ReportJitter.Of(SampleReports.HashOf($"https://{seed}.example"), "roomvox");

    private static (DateTimeOffset From, DateTimeOffset To) PeriodOf(SimulatedInstallation installation, long number) =>
        (installation.First.AddDays(number), installation.First.AddDays(number + 1));

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset two) => one < two ? one : two;

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset two) => one > two ? one : two;
}
