using Telemetry.Server.Model;

namespace Telemetry.Server.Storage;

/// <summary>The rules a commit applies with the committed state in view.</summary>
/// <param name="Now">The moment of acceptance, UTC; stored in whole milliseconds.</param>
/// <param name="MinimumInterval">Shortest time between two accepted reports of one installation and app.</param>
/// <param name="MayDiscover">
/// Asked once for each report of an unknown installation, by its place in the batch, whether it may be stored; null when
/// all may. What it granted to a batch that fails is spent.
/// </param>
/// <param name="AcceptedAt">
/// The moment of each report by its place, none before the one at the place before, where a batch tells what happened over a
/// time; null when all are accepted now.
/// </param>
internal sealed record CommitRules(
    DateTimeOffset Now, TimeSpan MinimumInterval, Func<int, bool>? MayDiscover = null, Func<int, DateTimeOffset>? AcceptedAt = null)
{
    /// <summary>
    /// Granted on top of the interval: a client that counts whole seconds from its own clock may be up to a second
    /// early (RoomVox 1.6.0 sends again after exactly 3600 of its seconds).
    /// </summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(2);

    /// <summary>So many UTC days after the one before, a report means that the installation returned.</summary>
    public const int AbsenceDays = 30;
}

/// <summary>The ways a commit can decide about a report.</summary>
internal enum CommitDecision
{
    /// <summary>Stored.</summary>
    Accepted,

    /// <summary>The same report id of the same installation and app was stored before; nothing new was stored.</summary>
    Repeated,

    /// <summary>
    /// Its id resembles that of one of the last reports of the same installation and app; nothing was stored.
    /// <see cref="ITelemetryStore.FindRepeatedAsync"/> tells whether it is the same.
    /// </summary>
    LooksRepeated,

    /// <summary>The installation and app reported less than the minimum interval ago; not stored.</summary>
    TooSoon,

    /// <summary>The installation is not known, and its caller may not bring in another one now; not stored.</summary>
    TooManyNew,
}

/// <summary>What a commit decided about one report.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Position">
/// Where the report stands; for the other decisions the one accepted before, for <see cref="CommitDecision.TooManyNew"/>
/// none.
/// </param>
/// <param name="AcceptedAt">When the report at that position was accepted.</param>
/// <param name="Verdict">The verdict stored with it.</param>
/// <param name="ContentTag">Tag of the stored bytes; of a meaning only when accepted or repeated.</param>
internal readonly record struct CommitOutcome(
    CommitDecision Decision, FeedPosition Position, DateTimeOffset AcceptedAt, ClaimVerdict Verdict, ulong ContentTag);

internal static class RepeatedReports
{
    /// <summary>The answer to a repetition: the one that was given the first time.</summary>
    public static CommitOutcome ToRepeated(this StoredReport stored) => new(
        CommitDecision.Repeated, stored.Position, stored.AcceptedAt, stored.Claim.Verdict, stored.ContentTag);
}
