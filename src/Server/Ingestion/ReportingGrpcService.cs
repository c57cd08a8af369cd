using Grpc.Core;
using Microsoft.Extensions.Options;
using Telemetry.Server.Callers;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>The gRPC edge of the ingress for one report at a time, and for what is collected.</summary>
internal sealed class ReportingGrpcService(
    IReportIngestion ingestion, AppRegistry apps, CallerPseudonyms callers, IOptions<RetentionOptions> retention,
    CallFailures failures)
    : ReportingServiceBinding
{
    public override async Task<Wire.SubmitReportResponse> SubmitReport(
        ReceivedBytes request, ServerCallContext context)
    {
        try
        {
            var report = request.Read(ReportingMessages.ReadReport, apps);
            var outcome = await ingestion
                .SubmitAsync(report, callers.Of(context.GetHttpContext()), context.CancellationToken).ConfigureAwait(false);
            return new Wire.SubmitReportResponse { Receipt = SubmitAnswers.ReceiptOf(outcome) ?? throw SubmitAnswers.StatusOf(outcome).ToRpcException() };
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context))
        {
            throw failures.Report(e, context);
        }
    }

    public override Task<Wire.GetFieldRegisterResponse> GetFieldRegister(
        Wire.GetFieldRegisterRequest request, ServerCallContext context) =>
        failures.GuardAsync(context, () => Task.FromResult(FieldRegister.Of(
            request.App.Length == 0
                ? CoreFields.Schema
                : apps.Find(request.App) ?? throw RpcErrors.NotFound($"There is no such app; the name {apps.Rule}."),
            retention.Value.ToWire())));
}
