using Telemetry.Server.Model;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Decides about the reports of one batch, each with the ones before it in view.</summary>
/// <remarks>Changes nothing: the state follows when the batch is on disk, and a failed batch leaves no trace.</remarks>
/// <param name="fleet">The committed state.</param>
/// <param name="rules">The rules.</param>
/// <param name="before">Number of the newest committed event, and the epoch under which the batch is written.</param>
/// <param name="isKnownNew">Whether a report that looks repeated was found to be none.</param>
internal sealed class BatchDecisions(
    FleetState fleet, CommitRules rules, FeedPosition before, Predicate<Report> isKnownNew)
{
    private readonly Dictionary<(InstanceId, string), LatestReport> _latestInBatch = [];
    private long _nowMs = rules.Now.ToUnixTimeMilliseconds();

    public List<StoredReport> Accepted { get; } = [];

    /// <summary>What each of them was made of.</summary>
    public List<Report> Reports { get; } = [];

    /// <param name="report">The report.</param>
    /// <param name="place">Its place in the batch.</param>
    public CommitOutcome Decide(Report report, int place)
    {
        if (rules.AcceptedAt is { } acceptedAt)
        {
            _nowMs = acceptedAt(place).ToUnixTimeMilliseconds();
        }

        if (!TryGetLatest(report, out var latest))
        {
            if (rules.MayDiscover?.Invoke(place) == false)
            {
                return new CommitOutcome(
                    CommitDecision.TooManyNew, default, default, report.Claim.Verdict, ContentTag: 0);
            }

            return Accept(report, EventKinds.ReportAccepted | EventKinds.InstanceDiscovered, default);
        }

        if (latest.RecentIds.MayContain(RecentReportIds.FingerprintOf(report.ReportId, report.Instance)))
        {
            if (FindInBatch(report, latest.Number) is { } stored)
            {
                return stored.ToRepeated();
            }

            if (!isKnownNew(report))
            {
                return new CommitOutcome(
                    CommitDecision.LooksRepeated, before with { Number = latest.Number }, default, report.Claim.Verdict,
                    ContentTag: 0);
            }
        }

        var silence = TimeSpan.FromMilliseconds(_nowMs - latest.AcceptedAtMs);
        if (IsTooSoon(silence))
        {
            var lastAccepted = DateTimeOffset.FromUnixTimeMilliseconds(latest.AcceptedAtMs);
            return new CommitOutcome(
                CommitDecision.TooSoon, before with { Number = latest.Number }, lastAccepted, report.Claim.Verdict,
                ContentTag: 0);
        }

        var kinds = EventKinds.ReportAccepted;
        kinds |= UtcDay.Of(_nowMs) - UtcDay.Of(latest.AcceptedAtMs) >= CommitRules.AbsenceDays ? EventKinds.InstanceReturned : EventKinds.None;
        kinds |= report.AppVersion.Length > 0 && latest.AppVersion.Length > 0 && report.AppVersion != latest.AppVersion
            ? EventKinds.AppVersionChanged
            : EventKinds.None;
        return Accept(report, kinds, latest);
    }

    /// <summary>
    /// A clock that was set back by more than the interval must not lock installations out until it catches up, so a
    /// last report from that far in the future does not count.
    /// </summary>
    private bool IsTooSoon(TimeSpan silence) =>
        silence < rules.MinimumInterval - CommitRules.Leeway && silence > -rules.MinimumInterval;

    private bool TryGetLatest(Report report, out LatestReport latest) =>
        _latestInBatch.TryGetValue((report.Instance, report.App), out latest)
        || fleet.TryGetLatest(report.Instance, report.App, out latest);

    private StoredReport? FindInBatch(Report report, long number)
    {
        var stored = InBatch(number);
        while (stored is not null && stored.ReportId != report.ReportId)
        {
            stored = InBatch(stored.PreviousNumber);
        }

        return stored;
    }

    private StoredReport? InBatch(long number) =>
        number > before.Number ? Accepted[(int)(number - before.Number - 1)] : null;

    private CommitOutcome Accept(Report report, EventKinds kinds, LatestReport latest)
    {
        kinds |= report.Claim.Verdict == ClaimVerdict.Refused ? EventKinds.ClaimRefused : EventKinds.None;
        var (owner, ownership) = OwnerAfter(report, isFirst: latest.Number == 0, latest.Owner);
        var stored = StoredReport.Of(
            before with { Number = before.Number + Accepted.Count + 1 }, _nowMs, kinds, latest.Number, report, ownership);
        Accepted.Add(stored);
        Reports.Add(report);
        var recentIds = latest.RecentIds;
        recentIds.Add(RecentReportIds.FingerprintOf(report.ReportId, report.Instance));
        _latestInBatch[(report.Instance, report.App)] =
            new LatestReport(stored.Position.Number, _nowMs, report.AppVersion, recentIds, owner);
        return new CommitOutcome(
            CommitDecision.Accepted, stored.Position, stored.AcceptedAt, report.Claim.Verdict, report.ContentTag);
    }

    /// <summary>
    /// Who owns the data from this report on. Only the first report begins it and every other must go on with it: so nobody gets
    /// to see what others report by having been the first, and nobody can come in between later.
    /// </summary>
    private static (ulong Owner, OwnershipChange Change) OwnerAfter(Report report, bool isFirst, ulong owner) =>
        isFirst ? (report.Owner, report.Owner == 0 ? OwnershipChange.None : OwnershipChange.Begun)
            : owner == 0 || owner == report.Owner ? (owner, OwnershipChange.None)
            : (0, OwnershipChange.Ended);
}
