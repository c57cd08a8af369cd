using Telemetry.Client;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

/// <summary>The collector that the host makes anew for each report.</summary>
internal sealed class ForwardingCollector(StubCollector stub) : IUsageCollector
{
    public async ValueTask<UsageSnapshot> CollectAsync(CancellationToken cancellationToken) =>
        await stub.CollectAsync(cancellationToken);
}
