namespace Bench.Feed;

/// <summary>What a feed cost and delivered while it was measured.</summary>
internal sealed record FeedCost(double CpuSeconds, long Deliveries, long Missing);
