using Telemetry.Server.Model;

namespace Telemetry.Server.Feed;

/// <summary>What a reader asked for, checked.</summary>
/// <param name="StartAfter">The position after which to begin.</param>
/// <param name="Filter">What to deliver.</param>
/// <param name="HeartbeatInterval">Longest silence.</param>
internal sealed record FeedRequest(FeedPosition StartAfter, EventFilter Filter, TimeSpan HeartbeatInterval);
