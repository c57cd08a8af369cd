using Grpc.Core;
using Telemetry.Server.Callers;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>The gRPC edge of the ingress for many reports at a time.</summary>
internal sealed class ReportBatchGrpcService(
    IReportIngestion ingestion, AppRegistry apps, CallerPseudonyms callers, CallerLimits limits, CallFailures failures)
    : ReportBatchServiceBinding
{
    public override async Task<Wire.SubmitReportsResponse> SubmitReports(
        ReceivedBytes request, ServerCallContext context)
    {
        try
        {
            var reports = request.Read(ReportingMessages.ReadReports, apps);
            var caller = callers.Of(context.GetHttpContext());
            // The request itself was counted, and let in, when it came.
            limits.Requests.Take(caller, reports.Count - 1);
            var outcomes = await ingestion.SubmitAsync(reports, caller, context.CancellationToken).ConfigureAwait(false);
            return new Wire.SubmitReportsResponse { Results = { outcomes.Select(SubmitAnswers.ResultOf) } };
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context))
        {
            throw failures.Report(e, context);
        }
    }
}
