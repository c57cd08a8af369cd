using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Ingestion;

/// <inheritdoc cref="IPendingCommit"/>
internal sealed class PendingReport(Report report) : TaskCompletionSource<CommitOutcome>, IPendingCommit
{
    public int Count => 1;

    public void AddTo(List<Report> batch) => batch.Add(report);

    public void Complete(ReadOnlySpan<CommitOutcome> outcomes) => SetResult(outcomes[0]);

    public void Fail(Exception exception) => SetException(exception);
}
