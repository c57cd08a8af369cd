using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace Telemetry.Server.Rpc;

/// <summary>Tells proxies that a stream's messages must not wait for each other (nginx and those that follow it).</summary>
internal static class UnbufferedStreams
{
    private const string Header = "X-Accel-Buffering";

    public static IApplicationBuilder UseUnbufferedStreams(this IApplicationBuilder app) =>
        app.Use(static (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type
                is MethodType.ServerStreaming or MethodType.DuplexStreaming)
            {
                context.Response.Headers[Header] = "no";
            }

            return next(context);
        });
}
