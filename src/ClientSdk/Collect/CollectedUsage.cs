using Google.Protobuf;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>An app's figures, whatever the app: what <see cref="UsageSnapshot{TUsage}"/> is to its collector.</summary>
internal sealed record CollectedUsage(Users? Users, Subscription? Subscription, IMessage? Usage)
{
    /// <summary>Asks a collector; null when it returned null.</summary>
    public static Func<CancellationToken, Task<CollectedUsage?>> By<TUsage>(IUsageCollector<TUsage> collector)
        where TUsage : class, IMessage<TUsage> =>
        async token => await collector.CollectAsync(token).ConfigureAwait(false) is { } snapshot
            ? new CollectedUsage(snapshot.Users, snapshot.Subscription, snapshot.Usage)
            : null;
}
