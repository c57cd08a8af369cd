using Microsoft.Extensions.Diagnostics.HealthChecks;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Hosting;

/// <summary>Degraded while the clock is in doubt: everything works, and a person should look.</summary>
internal sealed class ClockHealthCheck(ClockMonitor clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(clock.Finding is { } finding ? HealthCheckResult.Degraded(finding) : HealthCheckResult.Healthy());
}
