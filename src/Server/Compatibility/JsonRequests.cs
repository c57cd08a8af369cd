using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Net.Http.Headers;
using Telemetry.Server.Ingestion;

namespace Telemetry.Server.Compatibility;

/// <summary>Takes the body of a request without trusting it: method, type, size and time are checked before it is read as JSON.</summary>
internal sealed class JsonRequests(TimeProvider time, int maxBytes = ReportLimits.MaxReportBytes)
{
    /// <summary>The apps give up after 15 s themselves.</summary>
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(15);

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <param name="context">The request.</param>
    /// <param name="parse">Reads the body, one JSON object, which is gone when it returns.</param>
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
            body = await ReadAsync(context.Request.BodyReader).ConfigureAwait(false);
        }
        catch (ConnectionResetException)
        {
            // Nobody is left to answer.
            return;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Never without an answer, even if nobody may be left to read it: an empty 200 counts as delivered.
            var status = (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            await BrokenTransferAsync(context, status).ConfigureAwait(false);
            return;
        }

        if (body.Length > maxBytes)
        {
            context.Request.BodyReader.AdvanceTo(body.End);
            await TooLargeAsync(context).ConfigureAwait(false);
            return;
        }

        var broken = Parse(body, parse, out var parsed);
        context.Request.BodyReader.AdvanceTo(body.End);
        await (broken is null
            ? answer(context, parsed!)
            : Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, $"The request {broken}.")).ConfigureAwait(false);
    }

    private async ValueTask<bool> RefuseByHeadAsync(HttpContext context)
    {
        // What was mapped for a method is not found for another.
        if (context.GetEndpoint()?.Metadata.GetMetadata<IHttpMethodMetadata>() is null && !HttpMethods.IsPost(context.Request.Method))
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

        if (context.Request.ContentLength > maxBytes)
        {
            await TooLargeAsync(context).ConfigureAwait(false);
            return true;
        }

        return false;
    }

    /// <summary>
    /// The apps send "application/json" without a charset. It is required: a page can make a visitor's browser send a
    /// request without a type, or with one of its own forms' types, to any server.
    /// </summary>
    private static bool IsPlainJson(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding;
        if (encoding.Count > 0 && !encoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue
                || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    /// <returns>The body; longer than allowed when it was cut off there.</returns>
    /// <exception cref="IOException">It does not come, or not as announced.</exception>
    private async ValueTask<ReadOnlySequence<byte>> ReadAsync(PipeReader reader)
    {
        if (reader.TryRead(out var early))
        {
            if (IsWhole(early))
            {
                return early.Buffer;
            }

            reader.AdvanceTo(early.Buffer.Start, early.Buffer.End);
        }

        // Not by a token: a read that is canceled that way leaves the web server's reader unusable for its own clearing up.
        using var deadline = new CancellationTokenSource(ReadDeadline, time);
        await using var cancellation = deadline.Token.Register(reader.CancelPendingRead).ConfigureAwait(false);
        while (true)
        {
            var result = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (IsWhole(result))
            {
                return result.Buffer;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCanceled)
            {
                throw new BadHttpRequestException("The body did not come in time.", StatusCodes.Status408RequestTimeout);
            }
        }
    }

    private bool IsWhole(ReadResult result) =>
        result.IsCompleted || result.Buffer.Length > maxBytes;

    /// <returns>The rule that the body breaks; null when it was parsed.</returns>
    private static string? Parse<T>(ReadOnlySequence<byte> body, Func<ReadOnlySpan<byte>, T> parse, out T? parsed)
    {
        if (body.IsSingleSegment)
        {
            return Parse(body.FirstSpan, parse, out parsed);
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)body.Length);
        try
        {
            body.CopyTo(buffer);
            return Parse(buffer.AsSpan(0, (int)body.Length), parse, out parsed);
        }
        finally
        {
            // Somebody's report: the next renter gets none of it.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static string? Parse<T>(ReadOnlySpan<byte> body, Func<ReadOnlySpan<byte>, T> parse, out T? parsed)
    {
        if (body.StartsWith(ByteOrderMark))
        {
            body = body[ByteOrderMark.Length..];
        }

        var broken = JsonBody.BrokenRule(body);
        parsed = broken is null ? parse(body) : default;
        return broken;
    }

    /// <summary>Nothing more of this request will come, so nothing of the connection is worth keeping.</summary>
    private static Task BrokenTransferAsync(HttpContext context, int status)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }

        return Answers.ErrorAsync(context, status, status switch
        {
            StatusCodes.Status408RequestTimeout => "The body of the request did not arrive in time. Send all of it within 15 seconds.",
            _ => "The body of the request is broken: its length or its chunks are not as announced. Send it again.",
        });
    }

    private Task TooLargeAsync(HttpContext context) =>
        Answers.ErrorAsync(
            context, StatusCodes.Status413PayloadTooLarge, $"The request has more than {maxBytes / 1024} KB; nothing of this kind needs that much.");
}
