using System.Globalization;
using System.Text;
using System.Text.Json;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.Compatibility;

/// <summary>Answers in the form the existing apps read.</summary>
/// <remarks>
/// They look at the status alone on success. On a refusal they show the member "error" to the administrator as it is,
/// or the raw body when it has fewer than 200 bytes; every answer is kept below that. No answer repeats input. At the contract's own paths a refusal is one of the contract.
/// </remarks>
internal static class Answers
{
    private const int MaxSentence = 180;

    public static Task SuccessAsync(HttpContext context, SubmitOutcome.Accepted accepted) => WriteAsync(
        context, StatusCodes.Status200OK, string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"success":true,"reportId":"{{accepted.ReportId:D}}","nextReportNotBefore":"{{accepted.NextReportNotBefore:yyyy-MM-ddTHH:mm:ssZ}}","sha256":"{{Convert.ToHexStringLower(accepted.Sha256 ?? [])}}"}"""));

    public static Task RetryAsync(HttpContext context, int status, string sentence, TimeSpan after)
    {
        context.Response.Headers.RetryAfter =
            Math.Ceiling(after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(context, status, sentence, after);
    }

    public static Task ErrorAsync(HttpContext context, int status, string sentence) =>
        RefuseAsync(context, status, sentence, after: null);

    private static Task RefuseAsync(HttpContext context, int status, string sentence, TimeSpan? after)
    {
        if (JsonAnswers.IsContractPath(context.Request.Path))
        {
            return JsonAnswers.WriteAsync(context, status, RpcErrors.OfHttp(status, sentence, after));
        }

        var text = sentence.Length <= MaxSentence ? sentence : string.Concat(sentence.AsSpan(0, MaxSentence - 3), "...");
        return WriteAsync(context, status, $$"""{"error":"{{JsonEncodedText.Encode(
            text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""");
    }

    private static Task WriteAsync(HttpContext context, int status, string body) =>
        JsonAnswers.WriteAsync(context, status, Encoding.UTF8.GetBytes(body));
}
