using Telemetry.DataFiles;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Keeps other processes out of the data directory for as long as this object lives.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <exception cref="StoreOpenException">Another process holds it, or the directory cannot be used.</exception>
    public static DirectoryLock Take(string directory)
    {
        try
        {
            DurableFile.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The data directory '{directory}' cannot be made: {e.Message}", e);
        }

        try
        {
            return new DirectoryLock(DataDirectory.TryLock(directory) ?? throw new StoreOpenException(
                $"The data directory '{directory}' is in use by another server. Stop that one, or choose another "
                + "directory with --data."));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreOpenException(
                $"The data directory '{directory}' cannot be written: {e.Message} Give this user access to it, "
                + "or choose another with --data.", e);
        }
        catch (IOException e)
        {
            throw new StoreOpenException($"The data directory '{directory}' cannot be used: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
