using Microsoft.AspNetCore.StaticAssets;

namespace Telemetry.Server.Hosting;

/// <summary>Serves the browser app: one page at the paths of its views, and the files that the page loads.</summary>
/// <remarks>The page asks nothing of who loads it and holds no data: whoever opens it signs in with a token, by gRPC-Web.</remarks>
internal static class DashboardEndpoints
{
    private const string Manifest = "Telemetry.Server.staticwebassets.endpoints.json";

    /// <summary>The app's views; it shows what is at each of them.</summary>
    public static readonly string[] Views =
    [
        "/", "/live", "/explore", "/releases", "/support-matrix", "/installations", "/installations/{id}", "/licenses",
        "/data-quality", "/access", "/audit", "/settings", "/gallery",
    ];

    public static void MapDashboard(this WebApplication app)
    {
        // The framework looks for it by the name of the program that was started, which a test's is not.
        app.MapStaticAssets(Path.Combine(AppContext.BaseDirectory, Manifest)).AllowAnonymous();
        var page = new Lazy<DashboardPage>(() => new DashboardPage(DescriptorsOf(app)));
        foreach (var view in Views)
        {
            app.MapMethods(view, [HttpMethods.Get, HttpMethods.Head], context => page.Value.WriteAsync(context)).AllowAnonymous();
        }
    }

    /// <summary>What holds for whatever a browser loads from here.</summary>
    public static void UseDashboardHeaders(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        }

        return next(context);
    });

    private static IEnumerable<StaticAssetDescriptor> DescriptorsOf(WebApplication app) =>
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>())
            .OfType<StaticAssetDescriptor>();
}
