namespace Telemetry.Cli;

/// <summary>What a script can tell from how a command ended.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Refused = 1;
    public const int Usage = 2;
    public const int Unreachable = 3;
    public const int NotAuthorized = 4;

    /// <summary>Reports are off or local, or stricter than what was just chosen.</summary>
    public const int NotOn = 5;

    /// <summary>As shells have it for Ctrl+C.</summary>
    public const int Interrupted = 130;

    /// <summary>As shells have it for a command whose reader went away.</summary>
    public const int OutputClosed = 141;

    /// <summary>As shells have it for SIGTERM.</summary>
    public const int Terminated = 143;
}
