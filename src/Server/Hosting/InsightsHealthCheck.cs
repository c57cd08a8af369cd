using Microsoft.Extensions.Diagnostics.HealthChecks;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Hosting;

/// <summary>Degraded while answers about the fleet are old or miss something; reports are taken all the same.</summary>
internal sealed class InsightsHealthCheck(
    ITelemetryStore store, FleetProjection projection, ProjectionKeeper keeper, LogFollower follower) : IHealthCheck
{
    /// <summary>Fewer are caught up with before anybody has read the sentence.</summary>
    private const long Behind = 100_000;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var behind = store.Current.Number - projection.Position.Number;
        return Task.FromResult(
            follower.Damage is { } damage ? HealthCheckResult.Degraded(damage)
            : keeper.Loss is { } loss ? HealthCheckResult.Degraded(loss)
            : behind > Behind ? HealthCheckResult.Degraded(FormattableString.Invariant(
                $"Answers about the fleet are {behind} reports behind and catching up."))
            : HealthCheckResult.Healthy());
    }
}
