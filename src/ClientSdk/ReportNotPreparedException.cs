namespace Telemetry.Client;

/// <summary>There is no report to show or send. The message says why, for an administrator.</summary>
/// <param name="message">Why, and what to do.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class ReportNotPreparedException(string message, Exception? inner = null) : Exception(message, inner);
