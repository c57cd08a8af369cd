using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using HttpResponse = Microsoft.AspNetCore.Http.HttpResponse;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Rpc;

/// <summary>Answers in JSON; refusals are google.rpc.Status, as everywhere in the contract.</summary>
internal static class JsonAnswers
{
    /// <summary>Messages of the contract and details of refusals; usage is written by its schema.</summary>
    public static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(
        TypeRegistry.FromMessages(BadRequest.Descriptor, ErrorInfo.Descriptor, RetryInfo.Descriptor)));

    private const int Piece = 16 * 1024;

    /// <summary>Whether a path is one of the contract's, and not of an existing app.</summary>
    public static bool IsContractPath(PathString path) => path.StartsWithSegments("/v1", StringComparison.Ordinal);

    /// <summary>A refusal under the HTTP status that goes with its code.</summary>
    public static Task RefuseAsync(HttpContext context, RpcStatus status)
    {
        if (status.GetDetail<RetryInfo>() is { } retry)
        {
            context.Response.Headers.RetryAfter =
                Math.Ceiling(retry.RetryDelay.ToTimeSpan().TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (status.Code == (int)StatusCode.Unauthenticated)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return WriteAsync(context, HttpStatusOf((StatusCode)status.Code), status);
    }

    public static Task WriteAsync(HttpContext context, int status, IMessage message) =>
        WriteAsync(context, status, Encoding.UTF8.GetBytes(Formatter.Format(message)));

    public static Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        Prepare(context.Response);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return body.Length <= Piece ? context.Response.Body.WriteAsync(body).AsTask() : WriteInPiecesAsync(context.Response.Body, body);
    }

    /// <summary>In one write the web server would keep a copy of all of it for as long as the caller does not read.</summary>
    private static async Task WriteInPiecesAsync(Stream to, ReadOnlyMemory<byte> body)
    {
        for (; !body.IsEmpty; body = body[Math.Min(Piece, body.Length)..])
        {
            await to.WriteAsync(body[..Math.Min(Piece, body.Length)]).ConfigureAwait(false);
        }
    }

    /// <summary>What every answer in JSON has in its head.</summary>
    public static void Prepare(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
    }

    /// <summary>As google.rpc.Code documents it.</summary>
    private static int HttpStatusOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
