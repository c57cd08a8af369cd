using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Net.Http.Headers;
using Telemetry.Server.Ingestion;

namespace Telemetry.Server.Compatibility;

/// <summary>Takes the body of a POST without trusting it: method, type, size and time are checked before it is read as JSON.</summary>
internal sealed class JsonRequests(TimeProvider time)
{
    /// <summary>The apps give up after 15 s themselves.</summary>
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(15);

    /// <param name="context">The request.</param>
    /// <param name="parse">Reads the body, which is gone when it returns.</param>
    /// <param name="answer">Answers what was read.</param>
    public async Task HandleAsync<T>(
        HttpContext context, Func<ReadOnlySpan<byte>, T> parse, Func<HttpContext, T, Task> answer)
    {
        if (await RefuseByHeadAsync(context).ConfigureAwait(false))
        {
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
                context, StatusCodes.Status408RequestTimeout, "The request did not arrive within 15 seconds.")
                .ConfigureAwait(false);
            return;
        }

        if (body.Length > ReportLimits.MaxReportBytes)
        {
            context.Request.BodyReader.AdvanceTo(body.End);
            await TooLargeAsync(context).ConfigureAwait(false);
            return;
        }

        var parsed = Parse(body, parse);
        context.Request.BodyReader.AdvanceTo(body.End);
        await answer(context, parsed).ConfigureAwait(false);
    }

    private static async ValueTask<bool> RefuseByHeadAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await Answers.ErrorAsync(
                context, StatusCodes.Status405MethodNotAllowed, "Send the request with POST.").ConfigureAwait(false);
            return true;
        }

        if (!IsPlainJson(context.Request))
        {
            await Answers.ErrorAsync(
                context, StatusCodes.Status415UnsupportedMediaType,
                "Send the request as application/json without content encoding.").ConfigureAwait(false);
            return true;
        }

        if (context.Request.ContentLength > ReportLimits.MaxReportBytes)
        {
            await TooLargeAsync(context).ConfigureAwait(false);
            return true;
        }

        return false;
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

    private static T Parse<T>(ReadOnlySequence<byte> body, Func<ReadOnlySpan<byte>, T> parse)
    {
        if (body.IsSingleSegment)
        {
            return parse(body.FirstSpan);
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)body.Length);
        try
        {
            body.CopyTo(buffer);
            return parse(buffer.AsSpan(0, (int)body.Length));
        }
        finally
        {
            // Somebody's report: the next renter gets none of it.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static Task TooLargeAsync(HttpContext context) => Answers.ErrorAsync(
        context, StatusCodes.Status413PayloadTooLarge, "The request has more than 64 KB; no app sends that much.");
}
