using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Telemetry.Server.Callers;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Ingestion;

/// <inheritdoc cref="IReportIngestion"/>
internal sealed class ReportIngestion(
    ReportCleaner cleaner, IngestionPipeline pipeline, ITelemetryStore store, IngestionMetrics metrics, CallFailures failures,
    IOptions<IngestionOptions> options, CallerLimits limits, RefusedRules refused, TimeProvider time) : IReportIngestion
{
    /// <summary>A full queue empties within seconds.</summary>
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(10);

    /// <summary>A full disk or a dead database takes a person.</summary>
    private static readonly TimeSpan UnavailableRetry = TimeSpan.FromMinutes(1);

    /// <summary>The window may have ended since.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _minimumInterval = options.Value.MinimumInterval;

    // Every edge awaits it once and at once, so what it keeps of a call can serve the next.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SubmitOutcome> SubmitAsync(SubmittedReport report, Caller caller, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Validate(report, out var invalid) is not { } valid)
        {
            return invalid!;
        }

        if (pipeline.TryEnqueue(valid, caller) is not { } commit)
        {
            return Busy();
        }

        try
        {
            // Once queued, a report is committed whether or not its sender still waits.
            var outcome = await commit.ConfigureAwait(false);
            return outcome.Decision == CommitDecision.LooksRepeated
                ? await LookAsync(report, valid, caller, outcome).ConfigureAwait(false)
                : Translate(report, valid, caller, outcome);
        }
        catch (StoreUnavailableException)
        {
            return Unavailable();
        }
    }

    public async ValueTask<IReadOnlyList<SubmitOutcome>> SubmitAsync(
        IReadOnlyList<SubmittedReport> reports, Caller caller, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var outcomes = new SubmitOutcome?[reports.Count];
        var submitted = new List<SubmittedReport>(reports.Count);
        var valid = new List<Report>(reports.Count);
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (ValidateOne(reports[i], out outcomes[i]) is { } report)
            {
                submitted.Add(reports[i]);
                valid.Add(report);
            }
        }

        var committed = valid.Count == 0 ? [] : await CommitAsync(submitted, valid, caller).ConfigureAwait(false);
        var next = 0;
        return [.. outcomes.Select(outcome => outcome ?? committed[next++])];
    }

    private async ValueTask<SubmitOutcome[]> CommitAsync(
        List<SubmittedReport> submitted, List<Report> reports, Caller caller)
    {
        if (pipeline.TryEnqueue(reports, caller) is not { } commit)
        {
            return [.. reports.Select(_ => Busy())];
        }

        try
        {
            var commits = await commit.ConfigureAwait(false);
            var outcomes = new SubmitOutcome[commits.Length];
            for (var i = 0; i < outcomes.Length; i++)
            {
                outcomes[i] = await LookAsync(submitted[i], reports[i], caller, commits[i]).ConfigureAwait(false);
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
    private async ValueTask<SubmitOutcome> LookAsync(
        SubmittedReport submitted, Report report, Caller caller, CommitOutcome outcome)
    {
        if (outcome.Decision != CommitDecision.LooksRepeated)
        {
            return Translate(submitted, report, caller, outcome);
        }

        try
        {
            if (await store.FindRepeatedAsync(report, outcome.Position, CancellationToken.None).ConfigureAwait(false) is { } repeated)
            {
                return Translate(submitted, report, caller, repeated);
            }

            var again = pipeline.TryEnqueue(report, caller);
            outcome = again is null ? outcome : await again.ConfigureAwait(false);
            return outcome.Decision == CommitDecision.LooksRepeated ? Busy() : Translate(submitted, report, caller, outcome);
        }
        catch (Exception e) when (e is StoreUnavailableException or StoreDamagedException)
        {
            return Unavailable();
        }
    }

    private Report? Validate(SubmittedReport report, out SubmitOutcome? invalid)
    {
        metrics.Dropped(report);
        if (report.Violations.Count > 0)
        {
            metrics.Outcome("invalid");
            refused.Add(report.Violations);
            invalid = new SubmitOutcome.Invalid(report.Violations);
            return null;
        }

        invalid = null;
        return cleaner.Clean(report);
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

    private SubmitOutcome Translate(SubmittedReport submitted, Report report, Caller caller, CommitOutcome commit)
    {
        if (commit.Decision == CommitDecision.TooManyNew)
        {
            metrics.Outcome("too_many_new");
            var wait = limits.NewInstallations.Wait(caller) ?? TimeSpan.Zero;
            return new SubmitOutcome.TooManyNew(wait > LeastWait ? wait : LeastWait);
        }

        var next = commit.AcceptedAt + _minimumInterval;
        if (commit.Decision == CommitDecision.TooSoon)
        {
            metrics.Outcome("too_soon");
            return new SubmitOutcome.TooSoon(commit.AcceptedAt, next, time.GetUtcNow());
        }

        metrics.Outcome(commit.Decision == CommitDecision.Accepted ? "accepted" : "repeated");
        return new SubmitOutcome.Accepted(
            report.ReportId, commit.Position, commit.AcceptedAt, commit.Verdict, next,
            commit.ContentTag == report.ContentTag ? submitted.Sha256 : null,
            commit.Decision == CommitDecision.Accepted ? submitted.Dropped : []);
    }
}

/// <summary>The ingress: every edge ends here.</summary>
internal interface IReportIngestion
{
    /// <summary>Validates, strips, stores; completes when the report is on disk or refused. Throws only when canceled before it was queued.</summary>
    /// <param name="report">As it was sent.</param>
    /// <param name="caller">Who sent it; decides about unknown installations only, and is not stored.</param>
    /// <param name="cancellation">The sender left.</param>
    ValueTask<SubmitOutcome> SubmitAsync(SubmittedReport report, Caller caller, CancellationToken cancellation);

    /// <summary>As for one, for several that share a commit; each is accepted or refused on its own.</summary>
    /// <returns>What became of each, in their order.</returns>
    ValueTask<IReadOnlyList<SubmitOutcome>> SubmitAsync(
        IReadOnlyList<SubmittedReport> reports, Caller caller, CancellationToken cancellation);
}
