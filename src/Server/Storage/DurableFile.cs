namespace Telemetry.Server.Storage;

/// <summary>Small files that must last: secrets and keys.</summary>
internal static class DurableFile
{
    /// <summary>
    /// Writes a new file that only its owner can read: write, sync, rename, sync the directory. A crash leaves no file or
    /// the whole one; after the return it survives one.
    /// </summary>
    /// <exception cref="IOException">It cannot be written, or exists already.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
        SyncDirectoryOf(path);
    }

    /// <summary>Makes a directory, with the ones above it, that only its owner can enter; it survives a crash.</summary>
    public static void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        SyncDirectoryOf(path);
    }

    /// <summary>A name is durable only with its directory; not so on Windows.</summary>
    public static void SyncDirectoryOf(string path)
    {
        if (!OperatingSystem.IsWindows() && Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
        {
            DirectorySync.Sync(directory);
        }
    }
}
