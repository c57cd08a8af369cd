namespace Telemetry.Cli.Commands.Installation.Checks;

/// <summary>How a check ended.</summary>
internal enum CheckLevel
{
    Ok,

    /// <summary>There was nothing to check, or nobody wanted it checked.</summary>
    Skip,

    /// <summary>It works, and somebody should look at it.</summary>
    Warn,

    /// <summary>It keeps reports, or the administrator's choice, from working.</summary>
    Fail,
}
