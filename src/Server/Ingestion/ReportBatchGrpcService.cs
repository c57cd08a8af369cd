using Grpc.Core;
using Telemetry.Server.Callers;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>The gRPC edge of the ingress for many reports at a time.</summary>
internal sealed class ReportBatchGrpcService(
    IReportIngestion ingestion, CallerPseudonyms callers, CallerLimits limits, CallFailures failures)
    : ReportBatchServiceBinding
{
    public override async Task<Wire.SubmitReportsResponse> SubmitReports(
        Received<IReadOnlyList<SubmittedReport>> reports, ServerCallContext context)
    {
        try
        {
            var caller = callers.Of(context.GetHttpContext());
            // The request itself was counted, and let in, when it came.
            limits.Requests.Take(caller, reports.Value.Count - 1);
            var outcomes = await ingestion.SubmitAsync(reports.Value, caller, context.CancellationToken).ConfigureAwait(false);
            return new Wire.SubmitReportsResponse { Results = { outcomes.Select(SubmitAnswers.ResultOf) } };
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context))
        {
            throw failures.Report(e, context);
        }
    }
}
