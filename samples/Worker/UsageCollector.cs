using Telemetry.Client;

namespace Worker;

/// <summary>What a worker knows about its usage; here, one room.</summary>
internal sealed class UsageCollector : IUsageCollector
{
    public ValueTask<UsageSnapshot> CollectAsync(CancellationToken cancellationToken) => new(new UsageSnapshot
    {
        RoomVox = new RoomVoxUsageBuilder().Add(new RoomFacts { Type = "office", Capacity = 4 }).Build(),
    });
}
