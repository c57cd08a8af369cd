using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Rpc;

/// <summary>Gives the gRPC library's own refusals what every refusal of this server has: a reason, and the way out.</summary>
/// <remarks>
/// The server's own refusals and failures always carry status details, so a bare status is the library's. It reports a
/// wrong frame as INTERNAL and an unparsable message as UNKNOWN, before any interceptor runs; everything after that is
/// guarded by <see cref="FailureInterceptor"/> or by the service itself.
/// </remarks>
internal static class RefusalDetails
{
    public static IApplicationBuilder UseRefusalDetails(this IApplicationBuilder app) =>
        app.Use(static (context, next) =>
        {
            if (!GrpcStatuses.IsGrpc(context.Request))
            {
                return next(context);
            }

            // The library reads no more than the message it expects, and says so when one announces more than it may have;
            // the web server would break the call off without a status.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = null;
            }

            var call = next(context);
            if (!call.IsCompletedSuccessfully)
            {
                return FinishLater(call, context);
            }

            GrpcStatuses.Complete(context, DetailsOf);
            return Task.CompletedTask;
        });

    private static async Task FinishLater(Task call, HttpContext context)
    {
        await call.ConfigureAwait(false);
        GrpcStatuses.Complete(context, DetailsOf);
    }

    /// <returns>The refusal with its details; null for what has none: a deadline, a cancellation.</returns>
    private static RpcStatus? DetailsOf(StatusCode bare, HttpContext context) => bare switch
    {
        StatusCode.Internal or StatusCode.Unknown => RpcErrors.Malformed(),
        StatusCode.ResourceExhausted
            when BatchMethod.Is(context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method) =>
            RpcErrors.MessageTooLarge(),
        StatusCode.ResourceExhausted => RpcErrors.SingleMessageTooLarge(),
        StatusCode.Unimplemented when context.Request.Headers.TryGetValue("grpc-encoding", out var encoding) && encoding != "identity" =>
            RpcErrors.CompressionUnsupported(),
        StatusCode.Unimplemented => RpcErrors.MethodUnknown(),
        StatusCode.NotFound => RpcErrors.ServiceUnknown(),
        _ => null,
    };
}
