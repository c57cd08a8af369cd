using System.Globalization;
using System.Text;
using System.Text.Json;
using Telemetry.Server.Ingestion;

namespace Telemetry.Server.Compatibility;

/// <summary>Answers in the form the existing apps read.</summary>
/// <remarks>
/// They look at the status alone on success. On a refusal they show the member "error" to the administrator as it is,
/// or the raw body when it has fewer than 200 bytes; every answer is kept below that. No answer repeats input.
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
        return ErrorAsync(context, status, sentence);
    }

    public static Task ErrorAsync(HttpContext context, int status, string sentence)
    {
        var text = sentence.Length <= MaxSentence ? sentence : string.Concat(sentence.AsSpan(0, MaxSentence - 3), "...");
        return WriteAsync(context, status, $$"""{"error":"{{JsonEncodedText.Encode(
            text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""");
    }

    public static Task JsonAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        Prepare(context.Response, status, body.Length);
        return context.Response.Body.WriteAsync(body).AsTask();
    }

    private static Task WriteAsync(HttpContext context, int status, string body) =>
        JsonAsync(context, status, Encoding.UTF8.GetBytes(body));

    private static void Prepare(HttpResponse response, int status, int length)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
