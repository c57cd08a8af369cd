using Microsoft.Extensions.Diagnostics.HealthChecks;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Hosting;

/// <summary>Whether reports can be committed. Asking tries again after a failure, so that the answer can heal.</summary>
internal sealed class StoreHealthCheck(ITelemetryStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (store.Failure is not null)
        {
            try
            {
                await store.RecoverAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                return HealthCheckResult.Unhealthy("Reports cannot be stored; see the server's log.");
            }
        }

        return store.Damage is null
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded("Some of what is stored is damaged; see the server's log.");
    }
}
