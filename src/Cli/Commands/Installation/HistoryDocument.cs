using System.Text.Json;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary>One line of <c>telemetry history --json</c>.</summary>
internal sealed record HistoryDocument(
    DateTimeOffset At, string ReportId, string Outcome, string Message, string Digest, ReceiptDocument? Receipt,
    JsonElement? Report)
{
    public static HistoryDocument Of(LedgerEntry entry, bool full) => new(
        entry.At,
        entry.ReportId,
        EventText.NameOf(entry.Outcome),
        entry.Message,
        entry.Digest,
        entry.Receipt is { } receipt ? ReceiptDocument.Of(receipt) : null,
        full ? JsonElement.Parse(entry.Report) : null);
}
