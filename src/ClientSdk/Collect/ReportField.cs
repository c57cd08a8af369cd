namespace Telemetry.Client;

/// <summary>One field of a report, for a person to look at.</summary>
/// <param name="Path">Path in telemetry.v1.Report, e.g. "environment.os_family".</param>
/// <param name="Purpose">Why it is collected, one sentence.</param>
/// <param name="Value">Its value in words, "(withheld)" for a secret; null: this report does not carry the field.</param>
/// <param name="Secret">Whether it is used once by the server and stored nowhere.</param>
/// <param name="SinceVersion">Version of the field list that introduced it.</param>
public sealed record ReportField(string Path, string Purpose, string? Value, bool Secret, uint SinceVersion);
