using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Server.Callers;
using Telemetry.Server.Rpc;
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
            Position = StoredMessages.ToWire(accepted.Position),
            Verdict = (Wire.ClaimVerdict)accepted.Verdict,
            NextReportNotBefore = Timestamp.FromDateTimeOffset(accepted.NextReportNotBefore),
            ReportSha256 = accepted.Sha256 is { } sha256 ? UnsafeByteOperations.UnsafeWrap(sha256) : ByteString.Empty,
            DroppedFields = { accepted.Dropped },
        }
        : null;

    public static Wire.SubmitReportResult ResultOf(SubmitOutcome outcome) => ReceiptOf(outcome) is { } receipt
        ? new Wire.SubmitReportResult { Receipt = receipt }
        : new Wire.SubmitReportResult { Refusal = RefusalOf(outcome) };

    public static RpcException Refused(SubmitOutcome outcome)
    {
        var refusal = RefusalOf(outcome);
        return outcome switch
        {
            SubmitOutcome.Invalid => RpcErrors.Invalid(
                refusal.Reason, refusal.Message, refusal.Violations.Select(v => (v.Field, v.Description))),
            SubmitOutcome.TooSoon => RpcErrors.ReportedRecently(refusal.Message, refusal.RetryAfter.ToTimeSpan()),
            SubmitOutcome.TooManyNew => RpcErrors.TooManyNewInstallations(refusal.Message, refusal.RetryAfter.ToTimeSpan()),
            SubmitOutcome.Busy => RpcErrors.Overloaded(refusal.Message, refusal.RetryAfter.ToTimeSpan()),
            _ => RpcErrors.StoreUnavailable(refusal.Message, refusal.RetryAfter.ToTimeSpan()),
        };
    }

    /// <summary>The words of a refusal; one place for the single call's status and the many's result.</summary>
    private static Wire.Refusal RefusalOf(SubmitOutcome outcome) => outcome switch
    {
        SubmitOutcome.Invalid invalid => new Wire.Refusal
        {
            Code = (int)StatusCode.InvalidArgument,
            Reason = ErrorReasons.ReportInvalid,
            Message = $"The report breaks {invalid.Violations.Count} rule(s): "
                + string.Join("; ", invalid.Violations.Select(v => $"{v.Field} {v.Description}")) + ".",
            Violations =
            {
                invalid.Violations.Select(v =>
                    new Wire.FieldViolation { Field = v.Field, Description = v.Description }),
            },
        },
        SubmitOutcome.TooSoon tooSoon => Retry(
            StatusCode.ResourceExhausted, ErrorReasons.ReportedRecently,
            tooSoon.Sentence, tooSoon.RetryAfter),
        SubmitOutcome.TooManyNew tooMany => Retry(
            StatusCode.ResourceExhausted, ErrorReasons.TooManyNewInstallations,
            "Too many new installations report from this address; those that are known already go on. "
            + $"Try again in {Waiting.InWords(tooMany.RetryAfter)}.",
            tooMany.RetryAfter),
        SubmitOutcome.Busy busy => Retry(
            StatusCode.ResourceExhausted, ErrorReasons.Overloaded,
            "More reports are coming in than can be stored right now. Try again later.", busy.RetryAfter),
        SubmitOutcome.Unavailable unavailable => Retry(
            StatusCode.Unavailable, ErrorReasons.StoreUnavailable,
            "Reports cannot be stored right now; nothing was recorded. Try again later.", unavailable.RetryAfter),
        SubmitOutcome.Failed failed => new Wire.Refusal
        {
            Code = (int)StatusCode.Internal,
            Reason = ErrorReasons.InternalError,
            Message = RpcErrors.InternalMessage(failed.Incident),
        },
        _ => throw new InvalidOperationException($"No refusal for {outcome.GetType().Name}."),
    };

    private static Wire.Refusal Retry(StatusCode code, string reason, string message, TimeSpan after) => new()
    {
        Code = (int)code,
        Reason = reason,
        Message = message,
        RetryAfter = Duration.FromTimeSpan(after),
    };
}
