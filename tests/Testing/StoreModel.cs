using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Testing;

/// <summary>The store's rules in the plainest form: the model that real stores are compared with.</summary>
internal sealed class StoreModel
{
    private readonly List<StoredReport> _log = [];
    private readonly List<Report> _reports = [];

    public IReadOnlyList<StoredReport> Log => _log;

    public CommitOutcome[] Commit(IReadOnlyList<Report> batch, CommitRules rules, ulong epoch) =>
        [.. batch.Select(report => Decide(report, rules, epoch))];

    public IEnumerable<StoredReport> HistoryOf(InstanceId instance, string app) => _log
        .Where(stored => stored.Instance == instance && stored.App == app)
        .Reverse();

    public IReadOnlyList<(InstanceId Instance, string App)> InstancesInOrder() =>
        [.. _log.Select(stored => (stored.Instance, stored.App)).Distinct()];

    /// <summary>Whoever sent the same secret with every report; 0 for nobody.</summary>
    public ulong OwnerOf(InstanceId instance, string app) =>
        _reports.Where(report => report.Instance == instance && report.App == app).Select(report => report.Owner).Distinct().ToList() is [var owner] ? owner : 0;

    private CommitOutcome Decide(Report report, CommitRules rules, ulong epoch)
    {
        var history = HistoryOf(report.Instance, report.App).ToList();
        if (history.Take(4).FirstOrDefault(stored => stored.ReportId == report.ReportId) is { } repeated)
        {
            return new(CommitDecision.Repeated, repeated.Position, repeated.AcceptedAt, repeated.Claim.Verdict,
                repeated.ContentTag);
        }

        var last = history.FirstOrDefault();
        if (last is not null && rules.Now - last.AcceptedAt < rules.MinimumInterval - CommitRules.Leeway)
        {
            return new(CommitDecision.TooSoon, last.Position, last.AcceptedAt, report.Claim.Verdict, ContentTag: 0);
        }

        var kinds = EventKinds.ReportAccepted;
        if (last is null)
        {
            kinds |= EventKinds.InstanceDiscovered;
        }
        else
        {
            kinds |= UtcDay.Of(rules.Now) - UtcDay.Of(last.AcceptedAt) >= CommitRules.AbsenceDays ? EventKinds.InstanceReturned : EventKinds.None;
            kinds |= last.AppVersion != report.AppVersion ? EventKinds.AppVersionChanged : EventKinds.None;
        }

        kinds |= report.Claim.Verdict == ClaimVerdict.Refused ? EventKinds.ClaimRefused : EventKinds.None;
        var owner = OwnerOf(report.Instance, report.App);
        var ownership = last is null ? (report.Owner == 0 ? OwnershipChange.None : OwnershipChange.Begun)
            : owner != 0 && owner != report.Owner ? OwnershipChange.Ended : OwnershipChange.None;
        var stored = StoredReport.Of(
            new FeedPosition(epoch, _log.Count + 1), rules.Now.ToUnixTimeMilliseconds(), kinds, last?.Position.Number ?? 0, report, ownership);
        _reports.Add(report);
        _log.Add(stored);
        return new(CommitDecision.Accepted, stored.Position, stored.AcceptedAt, report.Claim.Verdict, report.ContentTag);
    }
}
