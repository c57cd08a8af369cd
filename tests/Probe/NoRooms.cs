using Telemetry.Client;

namespace Telemetry.Probe;

/// <summary>An app without any rooms.</summary>
internal sealed class NoRooms : IUsageCollector
{
    public ValueTask<UsageSnapshot> CollectAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new UsageSnapshot { RoomVox = new RoomVoxUsageBuilder().Build() });
}
