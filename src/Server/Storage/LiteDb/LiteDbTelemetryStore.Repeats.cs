using System.Collections.Concurrent;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    /// <summary>Chance alone hardly ever makes one, so what piles up was left by callers who went away.</summary>
    private const int MaxKnownNew = 1_000;

    private readonly ConcurrentDictionary<(InstanceId, string, Guid), bool> _knownNew = [];

    public async ValueTask<CommitOutcome?> FindRepeatedAsync(
        Report report, FeedPosition through, CancellationToken cancellation)
    {
        var number = through.Number;
        for (var i = 0; i < RecentReportIds.Count && number > 0; i++)
        {
            if (await FindReportAsync(number, cancellation).ConfigureAwait(false) is not { } stored)
            {
                break;
            }

            if (stored.ReportId == report.ReportId)
            {
                return stored.ToRepeated();
            }

            number = stored.PreviousNumber;
        }

        if (_knownNew.Count >= MaxKnownNew)
        {
            _knownNew.Clear();
        }

        _knownNew[(report.Instance, report.App, report.ReportId)] = true;
        return null;
    }

    private bool IsKnownNew(Report report) =>
        _knownNew.TryRemove((report.Instance, report.App, report.ReportId), out _);
}
