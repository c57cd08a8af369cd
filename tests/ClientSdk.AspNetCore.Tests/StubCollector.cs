using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

/// <summary>Counts what a test tells it to, and how often it was asked.</summary>
internal sealed class StubCollector
{
    private int _asked;

    public int Asked => Volatile.Read(ref _asked);

    public Func<CancellationToken, Task<UsageSnapshot<Usage>>> Count { get; set; } =
        _ => Task.FromResult(new UsageSnapshot<Usage> { Users = new Users { Total = 4711 }, Usage = new Usage { Rooms = 3 } });

    public Task<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        return Count(cancellation);
    }
}
