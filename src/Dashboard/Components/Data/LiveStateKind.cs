namespace Telemetry.Dashboard.Components.Data;

public enum LiveStateKind
{
    Connecting,
    Live,
    Paused,
    Reconnecting,
    Stale,

    /// <summary>Connected, and nothing was ever received.</summary>
    Waiting,
}
