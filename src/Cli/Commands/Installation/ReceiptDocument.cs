using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary>A receipt as JSON.</summary>
internal sealed record ReceiptDocument(
    string ReportId, DateTimeOffset AcceptedAt, ulong Number, string Verdict, DateTimeOffset NextReportNotBefore,
    string Digest, IReadOnlyList<string> DroppedFields)
{
    public static ReceiptDocument Of(ReportReceipt receipt) => new(
        receipt.ReportId, receipt.AcceptedAt, receipt.Number, EventText.NameOf(receipt.Verdict),
        receipt.NextReportNotBefore, receipt.Digest, receipt.DroppedFields);
}
