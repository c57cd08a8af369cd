using Microsoft.Extensions.DependencyInjection;

namespace Telemetry.Client.Hosting;

/// <summary>Makes the app's collector anew for each report, so that it may use what lives as long as a request.</summary>
internal sealed class ScopedCollector<TCollector>(IServiceScopeFactory scopes) : IUsageCollector
    where TCollector : class, IUsageCollector
{
    public async ValueTask<UsageSnapshot> CollectAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TCollector>().CollectAsync(cancellationToken).ConfigureAwait(false);
    }
}
