namespace Telemetry.Server.Storage;

/// <summary>The ways a commit can decide about a report.</summary>
internal enum CommitDecision
{
    /// <summary>Stored.</summary>
    Accepted,

    /// <summary>The same report id of the same installation and app was stored before; nothing new was stored.</summary>
    Repeated,

    /// <summary>The installation and app reported less than the minimum interval ago; not stored.</summary>
    TooSoon,
}
