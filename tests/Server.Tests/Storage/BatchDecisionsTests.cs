using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Tests.Storage;

/// <summary>What becomes of a report, at the boundaries of every rule.</summary>
public sealed class BatchDecisionsTests
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, 250, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly FeedPosition Before = new(77, 10);

    private readonly FleetState _fleet = new(new AppRegistry(), blockSize: 8);
    private readonly List<int> _asked = [];
    private readonly List<Report> _suspected = [];
    private bool _mayDiscover = true;
    private bool _isKnownNew;

    [Fact]
    public void A_stranger_is_discovered_and_stands_after_the_newest_event()
    {
        var batch = Batch(TimeSpan.FromTicks(1));
        var (one, two) = (ReportOf(1), ReportOf(2, ClaimVerdict.Refused));

        var first = batch.Decide(one, 0);
        var second = batch.Decide(two, 1);

        Assert.Equal(
            new CommitOutcome(CommitDecision.Accepted, Before with { Number = 11 }, Now, one.Claim.Verdict, one.ContentTag), first);
        Assert.Equal(Before with { Number = 12 }, second.Position);
        var nowMs = Now.ToUnixTimeMilliseconds();
        Assert.Equal(
            [
                StoredReport.Of(first.Position, nowMs, EventKinds.ReportAccepted | EventKinds.InstanceDiscovered, 0, one).Text(),
                StoredReport.Of(
                    second.Position, nowMs, EventKinds.ReportAccepted | EventKinds.InstanceDiscovered | EventKinds.ClaimRefused, 0, two).Text(),
            ],
            batch.Accepted.Select(StoredTexts.Text));
        Assert.Equal([one, two], batch.Reports);
    }

    [Fact]
    public void Only_strangers_are_asked_about_by_their_place_and_turned_away_when_there_are_too_many()
    {
        Known(1, Now - (2 * Hour));
        _mayDiscover = false;
        var batch = Batch(TimeSpan.Zero, mayDiscover: true);

        Assert.Equal(CommitDecision.Accepted, batch.Decide(ReportOf(1), 0).Decision);
        var stranger = ReportOf(2, ClaimVerdict.Unverified);
        Assert.Equal(
            new CommitOutcome(CommitDecision.TooManyNew, default, default, ClaimVerdict.Unverified, 0), batch.Decide(stranger, 5));
        Assert.Equal([5], _asked);
        Assert.Single(batch.Accepted);

        _mayDiscover = true;
        Assert.Equal(CommitDecision.Accepted, batch.Decide(stranger, 6).Decision);
    }

    [Fact]
    public void Another_app_on_a_known_installation_is_a_stranger()
    {
        Known(1, Now);

        var outcome = Batch().Decide(ReportOf(1) with { Schema = new AppRegistry().Find("formvox")! }, 0);

        Assert.Equal(CommitDecision.Accepted, outcome.Decision);
    }

    [Theory]
    [InlineData(3_598_000, true)]
    [InlineData(3_597_999, false)]
    [InlineData(0, false)]
    [InlineData(-3_599_999, false)]
    [InlineData(-3_600_000, true)]
    public void Two_reports_keep_the_interval_but_for_two_seconds_and_a_clock_that_was_set_back(
        long silenceMs, bool accepted)
    {
        var last = Known(1, Now - TimeSpan.FromMilliseconds(silenceMs));
        var report = ReportOf(1, ClaimVerdict.Verified);

        var outcome = Batch().Decide(report, 0);

        var tooSoon = new CommitOutcome(CommitDecision.TooSoon, last.Position, last.AcceptedAt, ClaimVerdict.Verified, 0);
        Assert.Equal(accepted ? CommitDecision.Accepted : CommitDecision.TooSoon, outcome.Decision);
        Assert.Equal(!accepted, outcome == tooSoon);
    }

    [Fact]
    public void Reports_of_one_batch_keep_the_interval_too()
    {
        var batch = Batch();
        var first = batch.Decide(ReportOf(1), 0);

        var second = batch.Decide(ReportOf(1), 1);

        Assert.Equal((CommitDecision.TooSoon, first.Position, Now), (second.Decision, second.Position, second.AcceptedAt));
        Assert.Single(batch.Accepted);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-Millisecond, true)]
    [InlineData(Millisecond, false)]
    public void An_installation_returns_thirty_days_of_the_calendar_later(long ticksMore, bool returned)
    {
        // The midnight after the thirtieth day before.
        Known(1, new DateTimeOffset(Now.UtcDateTime.Date, TimeSpan.Zero) - TimeSpan.FromDays(29) + TimeSpan.FromTicks(ticksMore));

        Assert.Equal(
            EventKinds.ReportAccepted | (returned ? EventKinds.InstanceReturned : EventKinds.None), Accepted(ReportOf(1)).Kinds);
    }

    [Theory]
    [InlineData("1.0", "1.1", true)]
    [InlineData("1.1", "1.0", true)]
    [InlineData("1.0", "1.0", false)]
    [InlineData("", "1.0", false)]
    [InlineData("1.0", "", false)]
    public void A_version_changed_when_both_are_known_and_differ(string last, string now, bool changed)
    {
        var known = Known(1, Now - (2 * Hour), version: last);

        var accepted = Accepted(ReportOf(1, version: now));

        Assert.Equal(EventKinds.ReportAccepted | (changed ? EventKinds.AppVersionChanged : EventKinds.None), accepted.Kinds);
        Assert.Equal(known.Position.Number, accepted.PreviousNumber);
    }

    [Fact]
    public void The_version_is_compared_with_the_report_before_in_the_same_batch()
    {
        Known(1, Now - (2 * Hour), version: "1.0");
        var batch = Batch(TimeSpan.Zero);
        batch.Decide(ReportOf(1, version: "1.1"), 0);

        batch.Decide(ReportOf(1, version: "1.1"), 1);

        Assert.Equal(EventKinds.ReportAccepted, batch.Accepted[1].Kinds);
        Assert.Equal(11, batch.Accepted[1].PreviousNumber);
    }

    [Fact]
    public void A_repetition_in_the_same_batch_gets_the_first_answer()
    {
        var batch = Batch(TimeSpan.Zero);
        var reports = Enumerable.Range(0, RecentReportIds.Count).Select(_ => ReportOf(1)).ToList();
        var answers = reports.Select(report => batch.Decide(report, 0)).ToList();

        Assert.All(reports.Zip(answers), pair => Assert.Equal(
            pair.Second with { Decision = CommitDecision.Repeated }, batch.Decide(pair.First with { ContentTag = 1 }, 9)));
        Assert.Equal(reports.Count, batch.Accepted.Count);
        Assert.Empty(_suspected);
    }

    [Fact]
    public void Of_many_reports_in_one_batch_the_newest_four_are_known_as_repeated()
    {
        var batch = Batch(TimeSpan.Zero);
        var reports = Enumerable.Range(0, RecentReportIds.Count + 1).Select(_ => ReportOf(1)).ToList();
        reports.ForEach(report => batch.Decide(report, 0));

        Assert.All(reports[1..], report => Assert.Equal(CommitDecision.Repeated, batch.Decide(report, 9).Decision));
        Assert.Equal(CommitDecision.Accepted, batch.Decide(reports[0], 9).Decision);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_looks_like_a_committed_report_is_looked_up_unless_it_was(bool isKnownNew)
    {
        _isKnownNew = isKnownNew;
        var known = Known(1, Now - (2 * Hour));

        var outcome = Batch().Decide(known.Report, 0);

        Assert.Equal([known.Report], _suspected);
        Assert.Equal(
            isKnownNew
                ? new CommitOutcome(CommitDecision.Accepted, Before with { Number = 11 }, Now, known.Report.Claim.Verdict, known.Report.ContentTag)
                : new CommitOutcome(
                    CommitDecision.LooksRepeated, Before with { Number = known.Position.Number }, default, known.Report.Claim.Verdict, 0),
            outcome);
    }

    [Fact]
    public void A_committed_report_is_still_known_after_others_in_the_batch()
    {
        var known = Known(1, Now - (2 * Hour));
        var batch = Batch(TimeSpan.Zero);
        batch.Decide(ReportOf(1), 0);

        var outcome = batch.Decide(known.Report, 1);

        Assert.Equal((CommitDecision.LooksRepeated, 11), (outcome.Decision, outcome.Position.Number));
    }

    [Fact]
    public void Reports_of_a_batch_that_tells_of_a_time_have_each_its_own_moment()
    {
        var moments = new[] { Now, Now + Hour, Now + (31 * 24 * Hour) };
        var batch = new BatchDecisions(
            _fleet, new CommitRules(Now, Hour, AcceptedAt: place => moments[place]), Before, _ => false);

        var outcomes = moments.Select((_, place) => batch.Decide(ReportOf(1) with { ReportId = Guid.NewGuid() }, place)).ToList();

        Assert.Equal(moments, outcomes.Select(outcome => outcome.AcceptedAt));
        Assert.True(batch.Accepted[2].Kinds.HasFlag(EventKinds.InstanceReturned));
    }

    private BatchDecisions Batch(TimeSpan? interval = null, bool mayDiscover = false) => new(
        _fleet,
        new CommitRules(Now + TimeSpan.FromTicks(Millisecond / 2), interval ?? Hour, mayDiscover ? Ask : null), Before,
        report =>
        {
            _suspected.Add(report);
            return _isKnownNew;
        });

    private bool Ask(int place)
    {
        _asked.Add(place);
        return _mayDiscover;
    }

    [Fact]
    public void The_first_report_makes_an_owner_and_reports_of_one_batch_see_each_other()
    {
        var batch = Batch(TimeSpan.Zero);
        foreach (var owner in new ulong[] { 5, 5, 6, 5 })
        {
            batch.Decide(ReportOf(1) with { Owner = owner }, 0);
        }

        batch.Decide(ReportOf(2), 0);
        batch.Decide(ReportOf(2) with { Owner = 5 }, 0);

        Assert.Equal(
            [OwnershipChange.Begun, OwnershipChange.None, OwnershipChange.Ended, OwnershipChange.None, OwnershipChange.None, OwnershipChange.None],
            batch.Accepted.Select(stored => stored.Ownership));
        Assert.Equal([5, 0, 0, 0, 0, 0], batch.Accepted.Select(stored => (int)stored.Owner));
    }

    [Theory]
    [InlineData(5ul, false)]
    [InlineData(6ul, true)]
    [InlineData(0ul, true)]
    public void A_report_goes_on_with_the_owner_of_the_committed_ones_or_ends_it(ulong owner, bool ends)
    {
        var first = ReportOf(1) with { Owner = 5 };
        _fleet.Apply([StoredReport.Of(Before, 0, EventKinds.ReportAccepted, 0, first, OwnershipChange.Begun)], [first]);

        var stored = Accepted(ReportOf(1) with { Owner = owner });
        _fleet.Apply([stored], [first]);

        Assert.Equal(ends ? OwnershipChange.Ended : OwnershipChange.None, stored.Ownership);
        Assert.Equal(ends ? 0ul : 5, _fleet.OwnerOf(first.Instance, first.App));
    }

    [Fact]
    public void What_is_not_accepted_ends_nobody_s_ownership()
    {
        var first = ReportOf(1) with { Owner = 5 };
        var batch = Batch(Hour);
        batch.Decide(first, 0);

        Assert.Equal(CommitDecision.Repeated, batch.Decide(first with { Owner = 6 }, 0).Decision);
        Assert.Equal(CommitDecision.TooSoon, batch.Decide(ReportOf(1) with { Owner = 6 }, 0).Decision);

        _fleet.Apply(batch.Accepted, [.. batch.Reports]);
        Assert.Equal(5ul, _fleet.OwnerOf(first.Instance, first.App));
    }

    private StoredReport Accepted(Report report)
    {
        var batch = Batch();
        Assert.Equal(CommitDecision.Accepted, batch.Decide(report, 0).Decision);
        return batch.Accepted.Single();
    }

    /// <summary>Makes it known by the newest committed event.</summary>
    private (Report Report, FeedPosition Position, DateTimeOffset AcceptedAt) Known(
        int instance, DateTimeOffset acceptedAt, string version = "1.0")
    {
        var report = ReportOf(instance, version: version);
        _fleet.Apply([StoredReport.Of(Before, acceptedAt.ToUnixTimeMilliseconds(), EventKinds.ReportAccepted, 0, report)], [report]);
        return (report, Before, acceptedAt);
    }

    private static Report ReportOf(int instance, ClaimVerdict verdict = ClaimVerdict.Community, string version = "1.0")
    {
        var report = new RandomReports(new Random(instance)).Next(instance) with
        {
            ReportId = Guid.NewGuid(),
            Claim = new Claim(verdict),
        };
        report.Values.Texts[CoreFields.AppVersion] = version;
        return report;
    }
}
