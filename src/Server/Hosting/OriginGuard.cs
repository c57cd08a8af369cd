using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Telemetry.Server.Compatibility;
using Telemetry.Server.Rpc;
using FrameworkCors = Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions;

namespace Telemetry.Server.Hosting;

/// <summary>Lets no web page of a foreign origin make its visitors' browsers call the server.</summary>
/// <remarks>
/// CORS alone keeps a page from reading the answer, not a browser from sending. Browsers say where a request comes from in
/// "Sec-Fetch-Site" or "Origin", which no page can change; whatever is no browser sends neither and passes.
/// </remarks>
internal static class OriginGuard
{
    public static void UseOriginGuard(this IApplicationBuilder app)
    {
        var cors = app.ApplicationServices.GetRequiredService<IOptions<FrameworkCors>>().Value;
        var policy = cors.GetPolicy(cors.DefaultPolicyName)!;
        app.Use((context, next) => MayCall(context.Request, policy) ? next(context) : RefuseAsync(context));
    }

    private static bool MayCall(HttpRequest request, CorsPolicy policy)
    {
        var headers = request.Headers;
        if (headers.Origin.Count == 0 && headers["Sec-Fetch-Site"].Count == 0)
        {
            return true;
        }

        var origin = headers.Origin.ToString();
        return headers["Sec-Fetch-Site"].ToString() switch
        {
            "same-origin" or "none" => true,
            // A browser that does not say, or something that only has an origin.
            "" when Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsHost(uri, request.Host) => true,
            _ => policy.IsOriginAllowed(origin) || HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
                || HttpMethods.IsOptions(request.Method),
        };
    }

    /// <summary>Without the scheme: a proxy in front may have taken TLS off.</summary>
    private static bool IsHost(Uri origin, HostString host) =>
        origin.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context) => GrpcStatuses.IsGrpc(context.Request)
        ? GrpcStatuses.AnswerAsync(context, RpcErrors.OriginNotAllowed())
        : Answers.ErrorAsync(
            context, StatusCodes.Status403Forbidden,
            "A web page of another origin sent this. Apps report from their server; pages need an entry in Cors:Origins.");
}
