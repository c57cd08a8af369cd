namespace Telemetry.Server.Ingestion;

/// <summary>The one way in: every edge ends here.</summary>
internal interface IReportIngestion
{
    /// <summary>Validates, strips, stores; completes when the report is on disk or refused. Throws only when cancelled before it was queued.</summary>
    ValueTask<SubmitOutcome> SubmitAsync(SubmittedReport report, CancellationToken cancellation);

    /// <summary>As for one, for several that share a commit; each is accepted or refused on its own.</summary>
    /// <returns>What became of each, in their order.</returns>
    ValueTask<IReadOnlyList<SubmitOutcome>> SubmitAsync(
        IReadOnlyList<SubmittedReport> reports, CancellationToken cancellation);
}
