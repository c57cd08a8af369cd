namespace Telemetry.Client;

/// <summary>Who decided the mode, from the strongest to the weakest.</summary>
public enum ConsentSource
{
    /// <summary>An environment variable, DO_NOT_TRACK or the app's own, which can only switch off.</summary>
    Environment = 0,

    /// <summary>The host's command line, which can only restrict.</summary>
    CommandLine = 1,

    /// <summary>The state file cannot be read, so a decision in it may be lost: nothing is sent until that is mended.</summary>
    UnreadableState = 2,

    /// <summary>The administrator's switch: support page, command line tool or <see cref="TelemetryClient.SetModeAsync"/>.</summary>
    Administrator = 3,

    /// <summary>Nobody decided: the vendor's <see cref="ConsentModel"/>.</summary>
    Default = 4,
}
