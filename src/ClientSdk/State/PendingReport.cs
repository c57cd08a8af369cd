namespace Telemetry.Client.State;

/// <summary>The report that was collected last, for the command line tool, which cannot collect.</summary>
/// <param name="CollectedAt">When.</param>
/// <param name="KeyWithheld">Whether it had a subscription key: keys are not kept on disk.</param>
/// <param name="Report">telemetry.v1.Report, without a key.</param>
internal sealed record PendingReport(DateTimeOffset CollectedAt, bool KeyWithheld, byte[] Report);
