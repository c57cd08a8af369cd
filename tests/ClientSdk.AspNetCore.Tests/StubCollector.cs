using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

/// <summary>Counts what a test tells it to, and how often it was asked.</summary>
internal sealed class StubCollector
{
    private int _asked;

    public int Asked => Volatile.Read(ref _asked);

    public Func<CancellationToken, Task<UsageSnapshot>> Count { get; set; } =
        _ => Task.FromResult(new UsageSnapshot { Users = new Users { Total = 4711 }, RoomVox = new RoomVoxUsage { Rooms = 3 } });

    public Task<UsageSnapshot> CollectAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        return Count(cancellation);
    }
}
