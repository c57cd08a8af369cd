using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Callers;
using Telemetry.Server.Rpc;
using RpcStatus = Google.Rpc.Status;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>What became of a report, in the words of the contract.</summary>
internal static class SubmitAnswers
{
    /// <summary>The receipt of an accepted report; null for any other.</summary>
    public static Wire.Receipt? ReceiptOf(SubmitOutcome outcome) => outcome is SubmitOutcome.Accepted accepted
        ? new Wire.Receipt
        {
            ReportId = accepted.ReportId.ToString("D"),
            AcceptedAt = Timestamp.FromDateTimeOffset(accepted.AcceptedAt),
            Number = (ulong)accepted.Position.Number,
            Verdict = (Wire.ClaimVerdict)accepted.Verdict,
            NextReportNotBefore = Timestamp.FromDateTimeOffset(accepted.NextReportNotBefore),
            ReportSha256 = accepted.Sha256 is { } sha256 ? UnsafeByteOperations.UnsafeWrap(sha256) : ByteString.Empty,
            DroppedFields = { accepted.Dropped },
        }
        : null;

    public static Wire.SubmitReportResult ResultOf(SubmitOutcome outcome) => ReceiptOf(outcome) is { } receipt
        ? new Wire.SubmitReportResult { Receipt = receipt }
        : new Wire.SubmitReportResult { Status = StatusOf(outcome) };

    /// <summary>The status that tells why a report was not stored: the single call's, and its result among many.</summary>
    public static RpcStatus StatusOf(SubmitOutcome outcome) => outcome switch
    {
        SubmitOutcome.Invalid invalid => RpcErrors.ReportInvalid(invalid.Violations),
        SubmitOutcome.TooSoon tooSoon => RpcErrors.ReportedRecently(tooSoon.Sentence, tooSoon.RetryAfter),
        SubmitOutcome.TooManyNew tooMany => RpcErrors.TooManyNewInstallations(
            "Too many new installations report from this address; those that are known already go on. "
            + $"Try again in {Waiting.InWords(tooMany.RetryAfter)}.",
            tooMany.RetryAfter),
        SubmitOutcome.Busy busy => RpcErrors.Overloaded(
            "More reports are coming in than can be stored right now. Try again later.", busy.RetryAfter),
        SubmitOutcome.Unavailable unavailable => RpcErrors.StoreUnavailable(
            "Reports cannot be stored right now; nothing was recorded. Try again later.", unavailable.RetryAfter),
        SubmitOutcome.Failed failed => RpcErrors.Internal(failed.Incident),
        _ => throw new InvalidOperationException($"No refusal for {outcome.GetType().Name}."),
    };
}
