using Microsoft.Extensions.Diagnostics.HealthChecks;
using Telemetry.Server.Backups;

namespace Telemetry.Server.Hosting;

/// <summary>Degraded while the last backup could not be made; reports are taken all the same.</summary>
internal sealed class BackupHealthCheck(BackupKeeper keeper) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
            keeper.Failure is null ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("The last backup could not be made; see the server's log."));
}
