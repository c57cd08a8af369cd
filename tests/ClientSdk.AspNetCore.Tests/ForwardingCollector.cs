using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

/// <summary>The collector that the host makes anew for each report.</summary>
internal sealed class ForwardingCollector(StubCollector stub) : IUsageCollector<Usage>
{
    public async ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken) =>
        await stub.CollectAsync(cancellationToken);
}
