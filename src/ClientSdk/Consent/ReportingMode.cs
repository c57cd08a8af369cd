namespace Telemetry.Client;

/// <summary>What an installation does with its report; the greater, the more it allows.</summary>
public enum ReportingMode
{
    /// <summary>Collects nothing, sends nothing: no connection, no name lookup, no thread that sends.</summary>
    Off = 0,

    /// <summary>Collects, so that an administrator can look at it, and sends nothing.</summary>
    Local = 1,

    /// <summary>Collects and sends once a day.</summary>
    On = 2,
}
