using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>The gRPC edge of the ingress: contract messages to submitted reports, outcomes to statuses.</summary>
internal sealed class ReportingGrpcService(IReportIngestion ingestion, CallFailures failures)
    : ReportingServiceBinding
{
    public override async Task<Wire.SubmitReportResponse> SubmitReport(
        Received<SubmittedReport> report, ServerCallContext context)
    {
        try
        {
            var outcome = await ingestion.SubmitAsync(report.Value, context.CancellationToken).ConfigureAwait(false);
            return new Wire.SubmitReportResponse { Receipt = ReceiptOf(outcome) ?? throw Refused(outcome) };
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context))
        {
            throw failures.Report(e, context);
        }
    }

    public override async Task<Wire.SubmitReportsResponse> SubmitReports(
        Received<IReadOnlyList<SubmittedReport>> reports, ServerCallContext context)
    {
        try
        {
            var outcomes = await ingestion.SubmitAsync(reports.Value, context.CancellationToken).ConfigureAwait(false);
            return new Wire.SubmitReportsResponse { Results = { outcomes.Select(ResultOf) } };
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context))
        {
            throw failures.Report(e, context);
        }
    }

    public override Task<Wire.GetFieldRegisterResponse> GetFieldRegister(
        Wire.GetFieldRegisterRequest request, ServerCallContext context) =>
        failures.GuardAsync(context, static () => Task.FromResult(FieldRegisterMapper.Response));

    private static Wire.Receipt? ReceiptOf(SubmitOutcome outcome) => outcome is SubmitOutcome.Accepted accepted
        ? new Wire.Receipt
        {
            ReportId = accepted.ReportId.ToString("D"),
            AcceptedAt = Timestamp.FromDateTimeOffset(accepted.AcceptedAt),
            Position = StoredReportMapper.ToWire(accepted.Position),
            Verdict = (Wire.ClaimVerdict)accepted.Verdict,
            NextReportNotBefore = Timestamp.FromDateTimeOffset(accepted.NextReportNotBefore),
            ReportSha256 = accepted.Sha256 is { } sha256 ? UnsafeByteOperations.UnsafeWrap(sha256) : ByteString.Empty,
        }
        : null;

    private static Wire.SubmitReportResult ResultOf(SubmitOutcome outcome) => ReceiptOf(outcome) is { } receipt
        ? new Wire.SubmitReportResult { Receipt = receipt }
        : new Wire.SubmitReportResult { Refusal = RefusalOf(outcome) };

    private static RpcException Refused(SubmitOutcome outcome)
    {
        var refusal = RefusalOf(outcome);
        return outcome switch
        {
            SubmitOutcome.Invalid => RpcErrors.Invalid(
                refusal.Reason, refusal.Message, refusal.Violations.Select(v => (v.Field, v.Description))),
            SubmitOutcome.TooSoon => RpcErrors.ReportedRecently(refusal.Message, refusal.RetryAfter.ToTimeSpan()),
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
