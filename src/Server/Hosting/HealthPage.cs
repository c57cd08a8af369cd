using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Telemetry.Server.Hosting;

/// <summary>"/healthz": 200 while reports are taken, 503 while they are not, and in words what is wrong.</summary>
internal static class HealthPage
{
    public static void MapHealthPage(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapHealthChecks("/healthz", new HealthCheckOptions { ResponseWriter = WriteAsync });

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var troubles = report.Entries.Values.Where(entry => entry.Status != HealthStatus.Healthy)
            .Select(entry => entry.Description + "\n");
        var ready = report.Status == HealthStatus.Unhealthy ? "" : report.Status == HealthStatus.Degraded ? "ready, but degraded\n" : "ready\n";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(ready + string.Concat(troubles));
    }
}
