namespace Telemetry.Server.Model;

/// <summary>A committed report: one event of the feed.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="AcceptedAt">When it was committed, UTC, whole milliseconds.</param>
/// <param name="Kinds">What it means.</param>
/// <param name="PreviousNumber">Number of the same installation and app's report before; 0 for the first.</param>
/// <param name="Report">What was reported.</param>
internal sealed record StoredReport(
    FeedPosition Position, DateTimeOffset AcceptedAt, EventKinds Kinds, long PreviousNumber, Report Report);
