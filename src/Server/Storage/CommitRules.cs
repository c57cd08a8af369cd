namespace Telemetry.Server.Storage;

/// <summary>The rules a commit applies with the committed state in view.</summary>
/// <param name="Now">The moment of acceptance, UTC; stored in whole milliseconds.</param>
/// <param name="MinimumInterval">Shortest time between two accepted reports of one installation and app.</param>
internal sealed record CommitRules(DateTimeOffset Now, TimeSpan MinimumInterval)
{
    /// <summary>
    /// Granted on top of the interval: a client that counts whole seconds from its own clock may be up to a second
    /// early (RoomVox 1.6.0 sends again after exactly 3600 of its seconds).
    /// </summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which a report means that the installation returned.</summary>
    public static readonly TimeSpan Absence = TimeSpan.FromDays(30);
}
