using Telemetry.Server.Model;

namespace Telemetry.Server.Storage;

/// <summary>What a commit decided about one report.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Position">Where the report stands; for <see cref="CommitDecision.TooSoon"/> the one accepted before.</param>
/// <param name="AcceptedAt">When the report at that position was accepted.</param>
/// <param name="Verdict">The verdict stored with it.</param>
internal readonly record struct CommitOutcome(
    CommitDecision Decision, FeedPosition Position, DateTimeOffset AcceptedAt, ClaimVerdict Verdict);
