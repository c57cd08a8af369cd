using Microsoft.Extensions.Options;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Ingestion;

/// <inheritdoc cref="IReportIngestion"/>
internal sealed class ReportIngestion(
    ReportValidator validator, IngestionPipeline pipeline, IngestionMetrics metrics, IOptions<IngestionOptions> options,
    TimeProvider time) : IReportIngestion
{
    /// <summary>A full queue empties within seconds.</summary>
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(10);

    /// <summary>A full disk or a dead database takes a person.</summary>
    private static readonly TimeSpan UnavailableRetry = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _minimumInterval = options.Value.MinimumInterval;

    public async ValueTask<SubmitOutcome> SubmitAsync(SubmittedReport report, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        metrics.Dropped(report);
        if (validator.Validate(report, out var violations) is not { } valid)
        {
            metrics.Outcome("invalid");
            return new SubmitOutcome.Invalid(violations);
        }

        if (pipeline.TryEnqueue(valid) is not { } commit)
        {
            metrics.Outcome("busy");
            return new SubmitOutcome.Busy(BusyRetry);
        }

        try
        {
            // Once queued, a report is committed whether or not its sender still waits.
            return Translate(valid.ReportId, await commit.ConfigureAwait(false));
        }
        catch (StoreUnavailableException)
        {
            metrics.Outcome("unavailable");
            return new SubmitOutcome.Unavailable(UnavailableRetry);
        }
    }

    private SubmitOutcome Translate(Guid reportId, CommitOutcome commit)
    {
        var next = commit.AcceptedAt + _minimumInterval;
        if (commit.Decision == CommitDecision.TooSoon)
        {
            metrics.Outcome("too_soon");
            var wait = next - time.GetUtcNow();
            return new SubmitOutcome.TooSoon(
                commit.AcceptedAt, next, wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1));
        }

        metrics.Outcome(commit.Decision == CommitDecision.Accepted ? "accepted" : "repeated");
        return new SubmitOutcome.Accepted(reportId, commit.Position, commit.AcceptedAt, commit.Verdict, next);
    }
}
