namespace Telemetry.Server.Ingestion;

/// <summary>Reports that came in one request, in their order.</summary>
internal sealed record SubmittedReports(IReadOnlyList<SubmittedReport> Items);
