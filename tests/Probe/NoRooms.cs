using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;

namespace Telemetry.Probe;

/// <summary>An app without any rooms.</summary>
internal sealed class NoRooms : IUsageCollector<Usage>
{
    public ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new UsageSnapshot<Usage> { Usage = new Usage { Rooms = 0 } });
}
