using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;

namespace Telemetry.Client.Hosting;

/// <summary>Makes the app's collector anew for each report, so that it may use what lives as long as a request.</summary>
internal sealed class ScopedCollector<TUsage, TCollector>(IServiceScopeFactory scopes) : IUsageCollector<TUsage>
    where TUsage : class, IMessage<TUsage>
    where TCollector : class, IUsageCollector<TUsage>
{
    public async ValueTask<UsageSnapshot<TUsage>> CollectAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TCollector>().CollectAsync(cancellationToken).ConfigureAwait(false);
    }
}
