using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Rpc;

/// <summary>A call's status as headers or trailers, for where the gRPC library has no hand in it.</summary>
internal static class GrpcStatuses
{
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Ends a call that nothing has answered yet.</summary>
    public static Task AnswerAsync(HttpContext context, RpcStatus status)
    {
        context.Response.ContentType = "application/grpc";
        StatusHeaders.Write(context.Response.Headers, status);
        return Task.CompletedTask;
    }

    /// <summary>Puts another status in place of one that the library sent without details.</summary>
    /// <param name="context">The call, answered and not yet sent to its end.</param>
    /// <param name="instead">The status to send; null to leave it.</param>
    public static void Complete(HttpContext context, Func<StatusCode, HttpContext, RpcStatus?> instead)
    {
        // Trailers of a call without a response body travel as headers.
        var trailers = context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        if (trailers is { IsReadOnly: false } && trailers.ContainsKey(StatusHeaders.Status))
        {
            Complete(trailers, context, instead);
        }
        else if (!context.Response.HasStarted && context.Response.Headers.ContainsKey(StatusHeaders.Status))
        {
            Complete(context.Response.Headers, context, instead);
        }
    }

    private static void Complete(
        IHeaderDictionary headers, HttpContext context, Func<StatusCode, HttpContext, RpcStatus?> instead)
    {
        if (!headers.ContainsKey(StatusHeaders.Details)
            && int.TryParse(headers[StatusHeaders.Status], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            && code != (int)StatusCode.OK && instead((StatusCode)code, context) is { } status)
        {
            StatusHeaders.Write(headers, status);
        }
    }
}
