using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Ingestion;

/// <inheritdoc cref="IPendingCommit"/>
internal sealed class PendingReports(IReadOnlyList<Report> reports) : TaskCompletionSource<CommitOutcome[]>, IPendingCommit
{
    public int Count => reports.Count;

    public void AddTo(List<Report> batch) => batch.AddRange(reports);

    public void Complete(ReadOnlySpan<CommitOutcome> outcomes) => SetResult(outcomes.ToArray());

    public void Fail(Exception exception) => SetException(exception);
}
