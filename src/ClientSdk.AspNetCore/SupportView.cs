namespace Telemetry.Client.AspNetCore;

/// <summary>All that the page shows.</summary>
/// <param name="Status">How reporting stands.</param>
/// <param name="Fields">Every field that a report can carry, without values.</param>
/// <param name="Preview">What would be sent; null while off, or when there is a problem.</param>
/// <param name="PreviewProblem">Why there is no preview; null while off, or when there is one.</param>
/// <param name="History">The attempts so far, the latest first.</param>
internal sealed record SupportView(
    TelemetryStatus Status, IReadOnlyList<ReportField> Fields, ReportPreview? Preview, string? PreviewProblem,
    IReadOnlyList<LedgerEntry> History);
