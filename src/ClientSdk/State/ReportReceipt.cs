using Google.Protobuf.WellKnownTypes;
using Telemetry.Client.Schedule;
using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>The server's proof that a report is stored.</summary>
public sealed record ReportReceipt
{
    /// <summary>The report's id.</summary>
    public required string ReportId { get; init; }

    /// <summary>When the server accepted it, by its clock.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Its number in the server's event log.</summary>
    public required ulong Number { get; init; }

    /// <summary>The verdict on the Enterprise claim.</summary>
    public required ClaimVerdict Verdict { get; init; }

    /// <summary>Before this moment the server refuses a further report, by its clock.</summary>
    public required DateTimeOffset NextReportNotBefore { get; init; }

    /// <summary>
    /// SHA-256 of the report's bytes as the server read them, as 64 lower-case hexadecimal digits; empty when the server
    /// had stored other bytes under this id before.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>
    /// Paths of fields whose value the server does not know and did not store, e.g. an invented timezone; at most 100.
    /// </summary>
    public IReadOnlyList<string> DroppedFields { get; init; } = [];

    private (string, DateTimeOffset, ulong, ClaimVerdict, DateTimeOffset, string) Parts =>
        (ReportId, AcceptedAt, Number, Verdict, NextReportNotBefore, Digest);

    /// <summary>Whether both say the same.</summary>
    /// <param name="other">The other receipt.</param>
    public bool Equals(ReportReceipt? other) =>
        other is not null && Parts == other.Parts && DroppedFields.SequenceEqual(other.DroppedFields);

    /// <summary>A hash of what it says.</summary>
    public override int GetHashCode() => Parts.GetHashCode();

    /// <summary>Takes nothing of a receipt for granted.</summary>
    /// <returns>Null when it is no receipt for that report.</returns>
    internal static ReportReceipt? Of(Receipt receipt, string reportId)
    {
        if (receipt.ReportId != reportId || Moment(receipt.AcceptedAt) is not { } acceptedAt)
        {
            return null;
        }

        var latest = acceptedAt + ReportSchedule.LongestPause;
        var next = Moment(receipt.NextReportNotBefore) ?? acceptedAt;
        return new ReportReceipt
        {
            ReportId = reportId,
            AcceptedAt = acceptedAt,
            Number = receipt.Number,
            Verdict = System.Enum.IsDefined(receipt.Verdict) ? receipt.Verdict : ClaimVerdict.Unspecified,
            NextReportNotBefore = next < acceptedAt ? acceptedAt : next > latest ? latest : next,
            Digest = Convert.ToHexString(receipt.ReportSha256.Span).ToLowerInvariant(),
            DroppedFields = [.. receipt.DroppedFields.Take(ServerWords.MaxViolations).Select(ServerWords.Field)],
        };
    }

    /// <summary>Dates of a century in which this can be in use: the others are nobody's clock.</summary>
    private static DateTimeOffset? Moment(Timestamp? moment) =>
        moment is { Seconds: > 0 and < 7_000_000_000, Nanos: >= 0 and < 1_000_000_000 } ? moment.ToDateTimeOffset() : null;
}
