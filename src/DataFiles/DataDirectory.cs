namespace Telemetry.DataFiles;

/// <summary>What lies in a server's data directory, as far as others than the server handle it.</summary>
internal static class DataDirectory
{
    /// <summary>Held by whoever may change the directory.</summary>
    public const string LockName = "telemetry.lock";

    public const string Database = "telemetry.db";

    public const string FirstLog = "telemetry.log";

    public const string SecondLog = "telemetry.2.log";

    public const string Segments = "segments";

    public const string Insights = "insights";

    /// <summary>What a backup has, and a restore replaces. Secrets, keys and the configuration are not among it.</summary>
    public static readonly string[] Contents = [Database, FirstLog, SecondLog, Segments, Insights];

    /// <summary>Takes the lock of a directory.</summary>
    /// <returns>Null when another process has it.</returns>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    /// <exception cref="IOException">It cannot be used.</exception>
    public static FileStream? TryLock(string directory)
    {
        var path = Path.Combine(directory, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
