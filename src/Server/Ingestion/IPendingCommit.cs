using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Ingestion;

/// <summary>What waits for a commit together, and the promise to its caller in one object.</summary>
/// <remarks>Callers go on within the completing call, so the writer leaves that to <see cref="CommitAnswers"/>.</remarks>
internal interface IPendingCommit
{
    /// <summary>How many reports; at least one.</summary>
    int Count { get; }

    void AddTo(List<Report> batch);

    /// <param name="outcomes">Of these reports, in their order.</param>
    void Complete(ReadOnlySpan<CommitOutcome> outcomes);

    void Fail(Exception exception);
}
