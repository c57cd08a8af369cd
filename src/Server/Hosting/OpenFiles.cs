using System.Globalization;

namespace Telemetry.Server.Hosting;

/// <summary>How many files the system lets this process open, of which each connection is one.</summary>
internal static class OpenFiles
{
    /// <summary>What the store, the runtime and connections that are about to be refused need.</summary>
    private const int Reserve = 1_000;

    private const string Line = "Max open files";

    /// <summary>How many connections there can be at a time without the server running out of files; what the system does not tell does not limit.</summary>
    public static int LeftForConnections() =>
        File.Exists("/proc/self/limits") ? LeftForConnections(File.ReadLines("/proc/self/limits")) : int.MaxValue;

    /// <param name="limits">As /proc/self/limits has them: name, soft limit, hard limit, unit.</param>
    public static int LeftForConnections(IEnumerable<string> limits)
    {
        // The runtime raises the soft limit to the hard one when it starts.
        var soft = limits.FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal))?[Line.Length..].TrimStart().Split(' ')[0];
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files) ? files - Math.Min(Reserve, files / 2) : int.MaxValue;
    }
}
