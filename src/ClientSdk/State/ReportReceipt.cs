using System.Globalization;
using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>The server's proof that a report is stored, together with what was sent.</summary>
/// <param name="ReportId">The report's id.</param>
/// <param name="AcceptedAt">When the server accepted it, by its clock.</param>
/// <param name="Position">Where it stands in the server's event log, as "EPOCH:NUMBER".</param>
/// <param name="Verdict">The verdict on the Enterprise claim.</param>
/// <param name="NextReportNotBefore">Before this moment the server refuses a further report, by its clock.</param>
/// <param name="Digest">SHA-256 of the bytes that were sent, as 64 lower-case hexadecimal digits.</param>
public sealed record ReportReceipt(
    string ReportId, DateTimeOffset AcceptedAt, string Position, ClaimVerdict Verdict,
    DateTimeOffset NextReportNotBefore, string Digest)
{
    internal static ReportReceipt Of(Receipt receipt, string digest) => new(
        receipt.ReportId,
        receipt.AcceptedAt?.ToDateTimeOffset() ?? default,
        receipt.Position is { } position
            ? string.Create(CultureInfo.InvariantCulture, $"{position.Epoch}:{position.Number}")
            : "",
        receipt.Verdict,
        receipt.NextReportNotBefore?.ToDateTimeOffset() ?? default,
        digest);
}
