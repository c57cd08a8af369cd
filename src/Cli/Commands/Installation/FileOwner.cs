namespace Telemetry.Cli.Commands.Installation;

/// <summary>Files belong to whoever wrote them last, and only their owner may read them.</summary>
internal static class FileOwner
{
    /// <returns>What to look at when root works on a directory that may be another user's; null when nothing.</returns>
    public static string? Warning(string directory, string ownDefault) =>
        OperatingSystem.IsWindows() || !System.Environment.IsPrivilegedProcess || directory == ownDefault
            ? null
            : $"This command runs as root, to whom what it writes in {directory} belongs. If the app runs as another "
                + "user, use that user, e.g. with 'sudo -u', or give the files to it: otherwise it cannot read them and "
                + "stays off.";
}
