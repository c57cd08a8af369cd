namespace Telemetry.Client;

/// <summary>Who decided the mode, from the weakest to the strongest.</summary>
public enum ConsentSource
{
    /// <summary>Nobody decided: the vendor's <see cref="ConsentModel"/>.</summary>
    Default = 0,

    /// <summary>The administrator's switch: support page, command line tool or <see cref="TelemetryClient.SetModeAsync"/>.</summary>
    Administrator = 1,

    /// <summary>
    /// The state directory cannot be read or written, so a decision in it may be lost: nothing is sent until that is mended.
    /// </summary>
    UnusableState = 2,

    /// <summary>The app runs in the Development environment, and <see cref="TelemetryOptions.ReportInDevelopment"/> is not set.</summary>
    Development = 3,

    /// <summary>The host's command line, which can only restrict.</summary>
    CommandLine = 4,

    /// <summary>An environment variable, DO_NOT_TRACK or the app's own, which can only switch off.</summary>
    Environment = 5,
}
