namespace Telemetry.Client;

/// <summary>One attempt to send a report, as the installation's own record has it.</summary>
/// <param name="At">When the attempt ended.</param>
/// <param name="ReportId">The report's id.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">The same in words; the server's where it answered.</param>
/// <param name="Digest">SHA-256 of the bytes that were sent, as 64 lower-case hexadecimal digits.</param>
/// <param name="Report">The report as protobuf JSON; a subscription key is shown as "(withheld)".</param>
/// <param name="Receipt">What the server said about the stored report; null unless it stored one.</param>
public sealed record LedgerEntry(
    DateTimeOffset At, string ReportId, SendResultKind Outcome, string Message, string Digest, string Report,
    ReportReceipt? Receipt);
