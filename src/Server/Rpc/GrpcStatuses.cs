using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Rpc;

/// <summary>A call's status as headers or trailers, for where the gRPC library has no hand in it.</summary>
internal static class GrpcStatuses
{
    private const string Code = "grpc-status";
    private const string Message = "grpc-message";
    private const string Details = "grpc-status-details-bin";

    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Ends a call that nothing has answered yet.</summary>
    public static Task AnswerAsync(HttpContext context, RpcStatus status)
    {
        context.Response.ContentType = "application/grpc";
        Write(context.Response.Headers, status);
        return Task.CompletedTask;
    }

    /// <summary>Puts another status in place of one that the library sent without details.</summary>
    /// <param name="context">The call, answered and not yet sent to its end.</param>
    /// <param name="instead">The status to send; null to leave it.</param>
    public static void Complete(HttpContext context, Func<StatusCode, HttpRequest, RpcStatus?> instead)
    {
        // Trailers of a call without a response body travel as headers.
        var trailers = context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        if (trailers is { IsReadOnly: false } && trailers.ContainsKey(Code))
        {
            Complete(trailers, context.Request, instead);
        }
        else if (!context.Response.HasStarted && context.Response.Headers.ContainsKey(Code))
        {
            Complete(context.Response.Headers, context.Request, instead);
        }
    }

    private static void Complete(
        IHeaderDictionary headers, HttpRequest request, Func<StatusCode, HttpRequest, RpcStatus?> instead)
    {
        if (!headers.ContainsKey(Details)
            && int.TryParse(headers[Code], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            && code != (int)StatusCode.OK && instead((StatusCode)code, request) is { } status)
        {
            Write(headers, status);
        }
    }

    private static void Write(IHeaderDictionary headers, RpcStatus status)
    {
        headers[Code] = status.Code.ToString(CultureInfo.InvariantCulture);
        headers[Message] = Uri.EscapeDataString(status.Message);
        headers[Details] = Convert.ToBase64String(status.ToByteArray());
    }
}
