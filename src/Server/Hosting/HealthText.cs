using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Telemetry.Server.Hosting;

/// <summary>The body of <c>/healthz</c>: "ready" alone, or with what should be looked at; otherwise what does not work.</summary>
internal static class HealthText
{
    public static string Of(HealthReport report)
    {
        var lines = report.Entries.Values.Where(entry => entry.Status != HealthStatus.Healthy)
            .Select(entry => entry.Description)
            .OfType<string>();
        return string.Concat(
            (report.Status == HealthStatus.Unhealthy ? lines : lines.Prepend("ready")).Select(line => line + "\n"));
    }
}
