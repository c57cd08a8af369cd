namespace Telemetry.Server.Ingestion;

/// <summary>Bounds on what a report may carry; the contract documents them.</summary>
internal static class ReportLimits
{
    public const long MaxCount = 100_000_000;
    public const int MaxMapEntries = 2_000;
    public const double MaxAverageCapacity = 1_000_000;
    public const int MaxVersionLength = 64;
    public const int MaxLanguageLength = 35;
    public const int MaxTimezoneLength = 64;
    public const int MaxKeyLength = 256;
    public const int MaxSchemaVersion = 1_000;

    /// <summary>Largest single report, in bytes; five times the largest that a real app was seen to send, and more.</summary>
    public const int MaxReportBytes = 64 * 1024;

    /// <summary>Most reports in one request.</summary>
    public const int MaxReportsPerRequest = 1_000;
}
