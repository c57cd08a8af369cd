using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Http.Features;

namespace Telemetry.Server.Rpc;

/// <summary>Gives the end of a health watch its reason when the server stops: the library ends it as if all had been said.</summary>
internal static class HealthWatchEnd
{
    private const string Method = nameof(Health.HealthBase.Watch);

    private static readonly PathString Watch = new($"/{Health.Descriptor.FullName}/{Method}");

    public static IApplicationBuilder UseHealthWatchEnd(this IApplicationBuilder app)
    {
        var stopping = app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        return app.UseWhen(context => context.Request.Path == Watch, branch => branch.Use(async (context, next) =>
        {
            await next(context).ConfigureAwait(false);
            if (stopping.IsCancellationRequested
                && context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { IsReadOnly: false } trailers)
            {
                StatusHeaders.Write(trailers, RpcErrors.Stopping().GetRpcStatus()!);
            }
        }));
    }
}
