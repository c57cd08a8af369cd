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

    public enum Clock
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

    public enum Seats
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

    public static TheoryData<string, Clock, bool, Seats, string> Rows()
    {
        var rows = new TheoryData<string, Clock, bool, Seats, string>();
        foreach (var state in new[] { "Active", "Suspended", "Revoked" })
        {
            foreach (var clock in Enum.GetValues<Clock>())
            {
                foreach (var rightApp in new[] { true, false })
                {
                    foreach (var seats in Enum.GetValues<Seats>())
                    {
                        rows.Add(state, clock, rightApp, seats, Expected(state, clock, rightApp, seats));
                    }
                }
            }
        }

        return rows;
    }

    [Fact]
    public void The_table_has_at_least_two_hundred_rows() => Assert.True(Rows().Count >= 200);

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_license_is_judged_as_the_table_says(string state, Clock clock, bool rightApp, Seats seats, string expected)
    {
        var entry = EntryOf(Enum.Parse<LicenseState>(state), clock, seats);

        var judgement = new LicenseJudge(LeaseDays)
            .Judge(entry, Self, Before, rightApp ? "roomvox" : "intravox", Now);

        Assert.Equal(expected, judgement.Licensed ? $"{judgement.Verdict} {judgement.Seat}" : $"{judgement.Verdict}");
        Assert.NotEmpty(LicenseSentences.Message(judgement));
        Assert.Equal(judgement.Verdict != LicenseVerdict.Valid, LicenseSentences.NextStep(judgement).Length > 0);
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
