namespace Telemetry.Server.Storage.State;

/// <summary>What the decision about a new report needs to know of the one before.</summary>
/// <param name="Number">Its number.</param>
/// <param name="AcceptedAtMs">When it was accepted, Unix milliseconds.</param>
/// <param name="AppVersion">The app's version then.</param>
/// <param name="RecentIds">Fingerprints of the last report ids.</param>
internal readonly record struct LatestReport(long Number, long AcceptedAtMs, string AppVersion, RecentReportIds RecentIds);
