using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Server.Callers;
using Telemetry.Server.Ingestion;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Compatibility;

/// <summary>POST /v1/reports: SubmitReport for whoever has JSON and no stubs. The body is the report, in ProtoJSON.</summary>
/// <remarks>Refusals are google.rpc.Status in JSON, under the HTTP status that goes with their code.</remarks>
internal sealed class ContractEndpoint(
    AppRegistry apps, IReportIngestion ingestion, CallerPseudonyms callers, JsonRequests requests)
{
    public const string Path = "/v1/reports";

    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithTypeRegistry(
        TypeRegistry.FromMessages(BadRequest.Descriptor, ErrorInfo.Descriptor, RetryInfo.Descriptor)));

    public Task HandleAsync(HttpContext context) =>
        requests.HandleAsync(context, body => SubmittedReport.FromJson(body, apps), AnswerAsync);

    private async Task AnswerAsync(HttpContext context, SubmittedReport report)
    {
        var outcome = await ingestion.SubmitAsync(report, callers.Of(context), context.RequestAborted).ConfigureAwait(false);
        if (SubmitAnswers.ReceiptOf(outcome) is { } receipt)
        {
            await WriteAsync(context, StatusCodes.Status200OK, new Wire.SubmitReportResponse { Receipt = receipt }).ConfigureAwait(false);
            return;
        }

        var status = SubmitAnswers.StatusOf(outcome);
        if (status.GetDetail<RetryInfo>() is { } retry)
        {
            context.Response.Headers.RetryAfter =
                Math.Ceiling(retry.RetryDelay.ToTimeSpan().TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        await WriteAsync(context, HttpStatusOf((StatusCode)status.Code), status).ConfigureAwait(false);
    }

    /// <summary>As google.rpc.Code documents it.</summary>
    private static int HttpStatusOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static Task WriteAsync(HttpContext context, int status, IMessage message) =>
        Answers.JsonAsync(context, status, System.Text.Encoding.UTF8.GetBytes(Json.Format(message)));
}
