using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Ingestion;

/// <inheritdoc cref="IReportIngestion"/>
internal sealed class ReportIngestion(
    ReportValidator validator, IngestionPipeline pipeline, ITelemetryStore store, IngestionMetrics metrics, CallFailures failures,
    IOptions<IngestionOptions> options, TimeProvider time) : IReportIngestion
{
    /// <summary>A full queue empties within seconds.</summary>
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(10);

    /// <summary>A full disk or a dead database takes a person.</summary>
    private static readonly TimeSpan UnavailableRetry = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _minimumInterval = options.Value.MinimumInterval;

    // Every edge awaits it once and at once, so what it keeps of a call can serve the next.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SubmitOutcome> SubmitAsync(SubmittedReport report, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Validate(report, out var invalid) is not { } valid)
        {
            return invalid!;
        }

        if (pipeline.TryEnqueue(valid) is not { } commit)
        {
            return Busy();
        }

        try
        {
            // Once queued, a report is committed whether or not its sender still waits.
            var outcome = await commit.ConfigureAwait(false);
            return outcome.Decision == CommitDecision.LooksRepeated
                ? await LookAsync(report.Sha256, valid, outcome).ConfigureAwait(false)
                : Translate(report.Sha256, valid, outcome);
        }
        catch (StoreUnavailableException)
        {
            return Unavailable();
        }
    }

    public async ValueTask<IReadOnlyList<SubmitOutcome>> SubmitAsync(
        IReadOnlyList<SubmittedReport> reports, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var outcomes = new SubmitOutcome?[reports.Count];
        var digests = new List<byte[]>(reports.Count);
        var valid = new List<Report>(reports.Count);
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (ValidateOne(reports[i], out outcomes[i]) is { } report)
            {
                digests.Add(reports[i].Sha256);
                valid.Add(report);
            }
        }

        var committed = valid.Count == 0 ? [] : await CommitAsync(digests, valid).ConfigureAwait(false);
        var next = 0;
        return [.. outcomes.Select(outcome => outcome ?? committed[next++])];
    }

    private async ValueTask<SubmitOutcome[]> CommitAsync(List<byte[]> digests, List<Report> reports)
    {
        if (pipeline.TryEnqueue(reports) is not { } commit)
        {
            return [.. reports.Select(_ => Busy())];
        }

        try
        {
            var commits = await commit.ConfigureAwait(false);
            var outcomes = new SubmitOutcome[commits.Length];
            for (var i = 0; i < outcomes.Length; i++)
            {
                outcomes[i] = await LookAsync(digests[i], reports[i], commits[i]).ConfigureAwait(false);
            }

            return outcomes;
        }
        catch (StoreUnavailableException)
        {
            return [.. reports.Select(_ => Unavailable())];
        }
    }

    /// <summary>A report on which the server itself fails must not take the others of its call along.</summary>
    private Report? ValidateOne(SubmittedReport report, out SubmitOutcome? outcome)
    {
        try
        {
            return Validate(report, out outcome);
        }
        catch (Exception e)
        {
            metrics.Outcome("failed");
            outcome = new SubmitOutcome.Failed(failures.Note(e, "A report of a batch"));
            return null;
        }
    }

    /// <summary>What the commit took for a repetition is looked up here, on its caller's account; others go on meanwhile.</summary>
    private async ValueTask<SubmitOutcome> LookAsync(byte[] sha256, Report report, CommitOutcome outcome)
    {
        if (outcome.Decision != CommitDecision.LooksRepeated)
        {
            return Translate(sha256, report, outcome);
        }

        try
        {
            if (await store.FindRepeatedAsync(report, outcome.Position, CancellationToken.None).ConfigureAwait(false) is { } repeated)
            {
                return Translate(sha256, report, repeated);
            }

            var again = pipeline.TryEnqueue(report);
            outcome = again is null ? outcome : await again.ConfigureAwait(false);
            return outcome.Decision == CommitDecision.LooksRepeated ? Busy() : Translate(sha256, report, outcome);
        }
        catch (Exception e) when (e is StoreUnavailableException or StoreDamagedException)
        {
            return Unavailable();
        }
    }

    private Report? Validate(SubmittedReport report, out SubmitOutcome? invalid)
    {
        metrics.Dropped(report);
        var valid = validator.Validate(report, out var violations);
        invalid = null;
        if (valid is null)
        {
            metrics.Outcome("invalid");
            invalid = new SubmitOutcome.Invalid(violations);
        }

        return valid;
    }

    private SubmitOutcome.Busy Busy()
    {
        metrics.Outcome("busy");
        return new SubmitOutcome.Busy(BusyRetry);
    }

    private SubmitOutcome.Unavailable Unavailable()
    {
        metrics.Outcome("unavailable");
        return new SubmitOutcome.Unavailable(UnavailableRetry);
    }

    private SubmitOutcome Translate(byte[] sha256, Report report, CommitOutcome commit)
    {
        var next = commit.AcceptedAt + _minimumInterval;
        if (commit.Decision == CommitDecision.TooSoon)
        {
            metrics.Outcome("too_soon");
            return new SubmitOutcome.TooSoon(commit.AcceptedAt, next, time.GetUtcNow());
        }

        metrics.Outcome(commit.Decision == CommitDecision.Accepted ? "accepted" : "repeated");
        return new SubmitOutcome.Accepted(
            report.ReportId, commit.Position, commit.AcceptedAt, commit.Verdict, next,
            commit.ContentTag == report.ContentTag ? sha256 : null);
    }
}

/// <summary>The ingress: every edge ends here.</summary>
internal interface IReportIngestion
{
    /// <summary>Validates, strips, stores; completes when the report is on disk or refused. Throws only when canceled before it was queued.</summary>
    ValueTask<SubmitOutcome> SubmitAsync(SubmittedReport report, CancellationToken cancellation);

    /// <summary>As for one, for several that share a commit; each is accepted or refused on its own.</summary>
    /// <returns>What became of each, in their order.</returns>
    ValueTask<IReadOnlyList<SubmitOutcome>> SubmitAsync(
        IReadOnlyList<SubmittedReport> reports, CancellationToken cancellation);
}
