using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Net.Http.Headers;
using Telemetry.Server.Ingestion;

namespace Telemetry.Server.Compatibility;

/// <summary>POST /api/telemetry/roomvox: takes the report of an unmodified RoomVox.</summary>
internal sealed class RoomVoxEndpoint(IReportIngestion ingestion, TimeProvider time)
{
    /// <summary>The apps give up after 15 s themselves.</summary>
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(15);

    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await Answers.ErrorAsync(
                context, StatusCodes.Status405MethodNotAllowed, "Send the report with POST.").ConfigureAwait(false);
            return;
        }

        if (!IsPlainJson(context.Request))
        {
            await Answers.ErrorAsync(
                context, StatusCodes.Status415UnsupportedMediaType,
                "Send the report as application/json without content encoding.").ConfigureAwait(false);
            return;
        }

        if (context.Request.ContentLength > ReportLimits.MaxReportBytes)
        {
            await TooLargeAsync(context).ConfigureAwait(false);
            return;
        }

        ReadOnlySequence<byte> body;
        try
        {
            body = await ReadAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await Answers.ErrorAsync(
                context, StatusCodes.Status408RequestTimeout, "The report did not arrive within 15 seconds.")
                .ConfigureAwait(false);
            return;
        }

        if (body.Length > ReportLimits.MaxReportBytes)
        {
            context.Request.BodyReader.AdvanceTo(body.End);
            await TooLargeAsync(context).ConfigureAwait(false);
            return;
        }

        var (report, violations) = Parse(body);
        context.Request.BodyReader.AdvanceTo(body.End);
        var outcome = report is null
            ? new SubmitOutcome.Invalid(violations)
            : await ingestion.SubmitAsync(report, context.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(context, outcome).ConfigureAwait(false);
    }

    /// <summary>The apps send "application/json" without a charset; a missing type is tolerated.</summary>
    private static bool IsPlainJson(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding;
        if (encoding.Count > 0 && !encoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return string.IsNullOrEmpty(request.ContentType)
            || (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)));
    }

    /// <returns>The body; longer than allowed when it was cut off there.</returns>
    private async ValueTask<ReadOnlySequence<byte>> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        if (reader.TryRead(out var early) && IsWhole(early))
        {
            return early.Buffer;
        }

        using var deadline = new CancellationTokenSource(ReadDeadline, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        reader.AdvanceTo(early.Buffer.Start, early.Buffer.End);
        while (true)
        {
            var result = await reader.ReadAsync(ended.Token).ConfigureAwait(false);
            if (IsWhole(result))
            {
                return result.Buffer;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static bool IsWhole(ReadResult result) =>
        result.IsCompleted || result.Buffer.Length > ReportLimits.MaxReportBytes;

    private static (SubmittedReport? Report, IReadOnlyList<Violation> Violations) Parse(ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment)
        {
            return RoomVoxReportReader.Read(body.FirstSpan);
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)body.Length);
        try
        {
            body.CopyTo(buffer);
            return RoomVoxReportReader.Read(buffer.AsSpan(0, (int)body.Length));
        }
        finally
        {
            // Somebody's report: the next renter gets none of it.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static Task TooLargeAsync(HttpContext context) => Answers.ErrorAsync(
        context, StatusCodes.Status413PayloadTooLarge, "The report has more than 64 KB; a RoomVox report has far fewer.");

    private static Task AnswerAsync(HttpContext context, SubmitOutcome outcome) => outcome switch
    {
        SubmitOutcome.Accepted accepted =>
            Answers.SuccessAsync(context, accepted.ReportId, accepted.NextReportNotBefore),
        SubmitOutcome.Invalid invalid =>
            Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, Sentences.For(invalid.Violations)),
        SubmitOutcome.TooSoon tooSoon => Answers.RetryAsync(
            context, StatusCodes.Status429TooManyRequests, Sentences.For(tooSoon), tooSoon.RetryAfter),
        SubmitOutcome.Busy busy => Answers.RetryAsync(
            context, StatusCodes.Status429TooManyRequests,
            "The server is busy; the next report will be sent as planned.", busy.RetryAfter),
        SubmitOutcome.Unavailable unavailable => Answers.RetryAsync(
            context, StatusCodes.Status503ServiceUnavailable,
            "The server cannot store reports right now; the next one will be sent as planned.", unavailable.RetryAfter),
        _ => throw new InvalidOperationException($"No answer for {outcome.GetType().Name}."),
    };
}
