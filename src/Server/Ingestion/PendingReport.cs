using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Ingestion;

/// <summary>A valid report that waits for its commit, and the promise to its caller in one object.</summary>
/// <remarks>Callers go on asynchronously, so that a slow caller never holds up the writer.</remarks>
internal sealed class PendingReport(Report report)
    : TaskCompletionSource<CommitOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Report Report { get; } = report;
}
