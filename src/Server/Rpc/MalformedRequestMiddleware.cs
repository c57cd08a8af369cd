using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Telemetry.Server.Rpc;

/// <summary>Answers INVALID_ARGUMENT to bytes that are no message, which the gRPC library calls its own failure.</summary>
/// <remarks>
/// The library reports a wrong frame as INTERNAL and an unparsable message as UNKNOWN, before any interceptor runs.
/// The server's own refusals and bugs always carry status details, so a bare INTERNAL or UNKNOWN can only come from
/// reading the request.
/// </remarks>
internal static class MalformedRequestMiddleware
{
    private static readonly string ReadFailure = ((int)StatusCode.Unknown).ToString(null as IFormatProvider);
    private static readonly string FrameFailure = ((int)StatusCode.Internal).ToString(null as IFormatProvider);

    public static IApplicationBuilder UseMalformedRequestAnswers(this IApplicationBuilder app) =>
        app.Use(static (context, next) =>
        {
            var call = next(context);
            return call.IsCompletedSuccessfully ? Finish(context) : FinishLater(call, context);
        });

    private static async Task FinishLater(Task call, HttpContext context)
    {
        await call.ConfigureAwait(false);
        await Finish(context).ConfigureAwait(false);
    }

    private static Task Finish(HttpContext context)
    {
        // Trailers of a call without a response body travel as headers.
        var trailers = context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        if (!Rewrite(trailers) && !context.Response.HasStarted)
        {
            Rewrite(context.Response.Headers);
        }

        return Task.CompletedTask;
    }

    private static bool Rewrite(IHeaderDictionary? trailers)
    {
        if (trailers is null || trailers.IsReadOnly || !trailers.TryGetValue(StatusHeaders.Status, out var status))
        {
            return false;
        }

        if ((status == ReadFailure || status == FrameFailure) && !trailers.ContainsKey(StatusHeaders.Details))
        {
            StatusHeaders.Write(trailers, RpcErrors.MalformedStatus());
        }

        return true;
    }
}
