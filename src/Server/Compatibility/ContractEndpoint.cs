using Grpc.Core;
using Telemetry.Server.Callers;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Compatibility;

/// <summary>POST /v1/reports: SubmitReport for whoever has JSON and no stubs. The body is the report, in ProtoJSON.</summary>
/// <remarks>Refusals are google.rpc.Status in JSON, under the HTTP status that goes with their code.</remarks>
internal sealed class ContractEndpoint(
    AppRegistry apps, IReportIngestion ingestion, CallerPseudonyms callers, JsonRequests requests)
{
    public const string Path = "/v1/reports";

    public Task HandleAsync(HttpContext context) => context.Request.Query.Count == 0
        ? requests.HandleAsync(context, body => SubmittedReport.FromJson(body, apps), AnswerAsync)
        // As at the contract's other paths. Whoever puts the rest of the request there would leave a secret in every log on the way.
        : JsonAnswers.RefuseAsync(context, RpcErrors.InvalidField("query", "must be empty: this call takes everything in its body").GetRpcStatus()!);

    private async Task AnswerAsync(HttpContext context, SubmittedReport report)
    {
        var outcome = await ingestion.SubmitAsync(report, callers.Of(context), context.RequestAborted).ConfigureAwait(false);
        if (SubmitAnswers.ReceiptOf(outcome) is { } receipt)
        {
            await JsonAnswers.WriteAsync(context, StatusCodes.Status200OK, new Wire.SubmitReportResponse { Receipt = receipt }).ConfigureAwait(false);
            return;
        }

        await JsonAnswers.RefuseAsync(context, SubmitAnswers.StatusOf(outcome)).ConfigureAwait(false);
    }
}
