using System.Collections.Immutable;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>State x clock x app x seats: every combination, judged by a table that is written down here.</summary>
public sealed class LicenseJudgeTests
{
    private const int LeaseDays = 30;

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 11, 20);
    private static readonly LicensedInstanceId Self = new(1);
    private static readonly LicensedInstanceId Before = new(2);
    private static readonly LicensedInstanceId Other = new(3);
    private static readonly LicensedInstanceId Third = new(4);

    private enum Clock
    {
        NotYet,
        Running,
        Endless,
        LastMoment,
        InGrace,
        LastMomentOfGrace,
        JustEnded,
        LongEnded,
    }

    private enum Seats
    {
        Own,
        OwnOnItsLastDay,
        OwnLapsedAndFree,
        OwnLapsedAndTaken,
        PreviousOwn,
        PreviousLapsedAndTaken,
        AllFree,
        OneOfTwoFree,
        OthersLapsed,
        OneTaken,
        TwoTaken,
        TakenWithOverage,
    }

    [Fact]
    public void Every_license_is_judged_as_the_table_says()
    {
        var rows =
            from state in new[] { LicenseState.Active, LicenseState.Suspended, LicenseState.Revoked }
            from clock in Enum.GetValues<Clock>()
            from rightApp in new[] { true, false }
            from seats in Enum.GetValues<Seats>()
            select (State: state, Clock: clock, RightApp: rightApp, Seats: seats);
        var judge = new LicenseJudge(LeaseDays);
        var wrong = new List<string>();
        foreach (var row in rows)
        {
            var judgement = judge.Judge(
                EntryOf(row.State, row.Clock, row.Seats), Self, Before, row.RightApp ? "roomvox" : "intravox", Now);
            var said = judgement.Licensed ? $"{judgement.Verdict} {judgement.Seat}" : $"{judgement.Verdict}";
            var expected = Expected($"{row.State}", row.Clock, row.RightApp, row.Seats);
            if (said != expected)
            {
                wrong.Add($"{row}: {said}, not {expected}");
            }

            Assert.NotEmpty(LicenseSentences.Message(judgement));
            Assert.Equal(judgement.Verdict != LicenseVerdict.Valid, LicenseSentences.NextStep(judgement).Length > 0);
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_end_of_a_verdict_is_told()
    {
        var judge = new LicenseJudge(LeaseDays);

        Assert.Null(UntilOf(Clock.Endless, Seats.Own));
        Assert.Equal(Now.AddDays(1), UntilOf(Clock.Running, Seats.Own));
        Assert.Equal(Now.AddDays(10), UntilOf(Clock.InGrace, Seats.Own));
        Assert.Equal(Now.AddDays(-30), UntilOf(Clock.LongEnded, Seats.Own));
        Assert.Equal(Now.AddDays(2), UntilOf(Clock.NotYet, Seats.Own));
        // The seat of an installation that last checked today is its own for 30 days more.
        Assert.Equal(new DateTimeOffset(2026, 12, 21, 0, 0, 0, TimeSpan.Zero), UntilOf(Clock.Running, Seats.OneTaken));

        DateTimeOffset? UntilOf(Clock clock, Seats seats) =>
            judge.Judge(EntryOf(LicenseState.Active, clock, seats), Self, null, "roomvox", Now).Until;
    }

    [Fact]
    public void A_caller_that_cannot_name_its_app_is_judged_for_any() => Assert.Equal(
        LicenseVerdict.Valid, new LicenseJudge(LeaseDays)
            .Judge(EntryOf(LicenseState.Active, Clock.Running, Seats.Own), Self, null, null, Now).Verdict);

    [Theory]
    [InlineData(-1, nameof(LicenseVerdict.NotYetValid))]
    [InlineData(0, nameof(LicenseVerdict.Valid))]
    [InlineData(TimeSpan.TicksPerDay - 1, nameof(LicenseVerdict.Valid))]
    [InlineData(TimeSpan.TicksPerDay, nameof(LicenseVerdict.ValidInGrace))]
    [InlineData(15 * TimeSpan.TicksPerDay - 1, nameof(LicenseVerdict.ValidInGrace))]
    [InlineData(15 * TimeSpan.TicksPerDay, nameof(LicenseVerdict.Expired))]
    public void A_license_changes_at_the_very_moment(long ticksAfterItsBeginning, string expected)
    {
        var entry = EntryOf(LicenseState.Active, Clock.Running, Seats.AllFree);
        entry = entry with { License = entry.License with { NotBefore = Now, ExpiresAt = Now.AddDays(1) } };

        var judgement = new LicenseJudge(LeaseDays).Judge(entry, Self, null, "roomvox", Now.AddTicks(ticksAfterItsBeginning));

        Assert.Equal(expected, judgement.Verdict.ToString());
        Assert.Equal(
            judgement.Verdict switch
            {
                LicenseVerdict.NotYetValid => Now,
                LicenseVerdict.ValidInGrace => Now.AddDays(15),
                _ => Now.AddDays(1),
            },
            judgement.Until);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_seat_that_was_taken_more_than_a_day_ahead_does_not_count(int daysAhead, bool counts)
    {
        var lease = Lease(Other, 0) with { BoundOn = Today.AddDays(daysAhead) };

        Assert.Equal(counts, new LicenseJudge(LeaseDays).IsLive(lease, Today));
        Assert.Equal(!counts, LicenseJudge.IsAhead(lease.BoundOn, Today));
    }

    [Theory]
    [InlineData(29, -1, true)]
    [InlineData(30, 0, true)]
    [InlineData(31, 1, false)]
    public void A_seat_lapses_when_the_last_check_is_more_than_its_days_ago(int daysAgo, int lapsed, bool counts)
    {
        var judge = new LicenseJudge(LeaseDays);

        Assert.Equal(lapsed, judge.DaysLapsed(Lease(Other, daysAgo), Today));
        Assert.Equal(counts, judge.IsLive(Lease(Other, daysAgo), Today));
    }

    [Theory]
    [InlineData(0, 31)]
    [InlineData(-1, 32)]
    [InlineData(-2, 31)]
    [InlineData(10, 21)]
    public void A_seat_falls_free_at_the_end_of_its_last_day_and_a_check_ahead_counts_as_one_of_today(int daysAgo, int daysFromNow) =>
        Assert.Equal(
            new DateTimeOffset(Today.AddDays(daysFromNow), TimeOnly.MinValue, TimeSpan.Zero),
            new LicenseJudge(LeaseDays).EndOf(Lease(Other, daysAgo), Today));

    [Fact]
    public void A_seat_that_would_fall_free_after_the_last_day_there_is_does_so_then() => Assert.Equal(
        new DateTimeOffset(DateOnly.MaxValue, TimeOnly.MinValue, TimeSpan.Zero),
        new LicenseJudge(LeaseDays).EndOf(Lease(Other, 0) with { LastCheckOn = DateOnly.MaxValue }, DateOnly.MaxValue));

    [Fact]
    public void Who_finds_no_seat_is_told_when_the_first_falls_free()
    {
        var entry = EntryOf(LicenseState.Active, Clock.Running, Seats.TwoTaken);
        // A lapsed one is free already, so it is none that falls free.
        var lapsed = Lease(Before, LeaseDays + 5);
        entry = entry with { Leases = entry.Leases.Add(Before, lapsed) };

        var judgement = new LicenseJudge(LeaseDays).Judge(entry, Self, null, "roomvox", Now);

        Assert.Equal(
            (LicenseVerdict.SeatsExceeded, new DateTimeOffset(Today.AddDays(LeaseDays - 5 + 1), TimeOnly.MinValue, TimeSpan.Zero)),
            (judgement.Verdict, judgement.Until));
        Assert.False(judgement.Licensed);
    }

    [Fact]
    public void A_license_without_any_seat_says_no_moment()
    {
        var entry = EntryOf(LicenseState.Active, Clock.Running, Seats.AllFree);
        entry = entry with { License = entry.License with { InstancesAllowed = 0 } };

        var judgement = new LicenseJudge(LeaseDays).Judge(entry, Self, null, "roomvox", Now);

        Assert.Equal((LicenseVerdict.SeatsExceeded, null), (judgement.Verdict, judgement.Until));
    }

    [Fact]
    public void A_license_that_begins_with_its_issue_has_begun_whatever_the_clock_shows()
    {
        var entry = EntryOf(LicenseState.Active, Clock.Running, Seats.Own);
        entry = entry with { License = entry.License with { NotBefore = null } };

        Assert.Equal(LicenseVerdict.Valid, new LicenseJudge(LeaseDays).Judge(entry, Self, null, "roomvox", Now).Verdict);
    }

    [Fact]
    public void The_same_hash_as_before_takes_over_no_seat()
    {
        var entry = EntryOf(LicenseState.Active, Clock.Running, Seats.AllFree);

        Assert.Equal(LicenseSeat.Taken, new LicenseJudge(LeaseDays).Judge(entry, Self, Self, "roomvox", Now).Seat);
    }

    /// <summary>The rules once more, in the plainest form.</summary>
    private static string Expected(string state, Clock clock, bool rightApp, Seats seats)
    {
        if (state != "Active")
        {
            return state;
        }

        if (!rightApp)
        {
            return "WrongApp";
        }

        var good = clock switch
        {
            Clock.NotYet => "NotYetValid",
            Clock.Running or Clock.Endless or Clock.LastMoment => "Valid",
            Clock.InGrace or Clock.LastMomentOfGrace => "ValidInGrace",
            _ => "Expired",
        };
        if (!good.StartsWith("Valid", StringComparison.Ordinal))
        {
            return good;
        }

        return seats switch
        {
            Seats.Own or Seats.OwnOnItsLastDay => good + " Kept",
            Seats.PreviousOwn => good + " Moved",
            Seats.OwnLapsedAndFree or Seats.AllFree or Seats.OneOfTwoFree or Seats.OthersLapsed
                or Seats.TakenWithOverage => good + " Taken",
            Seats.OwnLapsedAndTaken or Seats.PreviousLapsedAndTaken or Seats.OneTaken => "BoundElsewhere",
            _ => "SeatsExceeded",
        };
    }

    private static LicenseEntry EntryOf(LicenseState state, Clock clock, Seats seats)
    {
        var (from, expires) = clock switch
        {
            Clock.NotYet => (Now.AddDays(2), (DateTimeOffset?)Now.AddDays(100)),
            Clock.Running => (Now.AddDays(-100), Now.AddDays(1)),
            Clock.Endless => (Now.AddDays(-100), null),
            Clock.LastMoment => (Now.AddDays(-100), Now.AddMilliseconds(1)),
            Clock.InGrace => (Now.AddDays(-100), Now.AddDays(-4)),
            Clock.LastMomentOfGrace => (Now.AddDays(-100), Now.AddDays(-14).AddMilliseconds(1)),
            Clock.JustEnded => (Now.AddDays(-100), Now.AddDays(-14)),
            _ => (Now.AddDays(-100), Now.AddDays(-30)),
        };
        var allowed = seats is Seats.TwoTaken or Seats.OneOfTwoFree ? 2 : 1;
        return new LicenseEntry(
            new License
            {
                Id = new LicenseId(7),
                Sequence = 1,
                KeyHash = default,
                KeyMask = "",
                CustomerReference = "C",
                Edition = "enterprise",
                Apps = ["roomvox"],
                Limits = LicenseLease.NoUsage,
                InstancesAllowed = allowed,
                Overage = seats == Seats.TakenWithOverage ? OveragePolicy.Allow : OveragePolicy.Refuse,
                NotBefore = from,
                ExpiresAt = expires,
                Grace = TimeSpan.FromDays(14),
                State = state,
                IssuedAt = from,
                ChangedAt = from,
            },
            LeasesOf(seats).ToImmutableDictionary(lease => lease.Instance));
    }

    private static LicenseLease[] LeasesOf(Seats seats) => seats switch
    {
        Seats.Own => [Lease(Self, 0)],
        Seats.OwnOnItsLastDay => [Lease(Self, LeaseDays)],
        Seats.OwnLapsedAndFree => [Lease(Self, LeaseDays + 1)],
        Seats.OwnLapsedAndTaken => [Lease(Self, LeaseDays + 1), Lease(Other, 0)],
        Seats.PreviousOwn => [Lease(Before, 3)],
        Seats.PreviousLapsedAndTaken => [Lease(Before, LeaseDays + 1), Lease(Other, 0)],
        Seats.AllFree => [],
        Seats.OneOfTwoFree => [Lease(Other, 0)],
        Seats.OthersLapsed => [Lease(Other, LeaseDays + 1)],
        Seats.OneTaken or Seats.TakenWithOverage => [Lease(Other, 0)],
        _ => [Lease(Other, 0), Lease(Third, 5)],
    };

    private static LicenseLease Lease(LicensedInstanceId instance, int daysAgo) =>
        new(new LicenseId(7), instance, Today.AddDays(-100), Today.AddDays(-daysAgo), LicenseLease.NoUsage);
}
