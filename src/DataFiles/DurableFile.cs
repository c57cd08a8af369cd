namespace Telemetry.DataFiles;

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

    /// <summary>Copies a file into a new one that only its owner can read; durable with its directory.</summary>
    /// <param name="source">What is copied.</param>
    /// <param name="path">The copy.</param>
    /// <param name="read">Is told how many bytes were copied since the last time.</param>
    /// <param name="cancellation">When to stop; the rest is missing then.</param>
    public static void Copy(string source, string path, Action<long> read, CancellationToken cancellation)
    {
        using var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var to = new FileStream(path, options);
        var buffer = new byte[1024 * 1024];
        for (int count; (count = from.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            to.Write(buffer, 0, count);
            read(count);
        }

        to.Flush(flushToDisk: true);
    }

    /// <summary>A name is durable only with its directory; not so on Windows.</summary>
    public static void SyncDirectoryOf(string path)
    {
        if (!OperatingSystem.IsWindows() && Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
        {
            DirectorySync.Sync(directory);
        }
    }

    /// <summary>Makes the names in a directory durable; not needed on Windows.</summary>
    public static void SyncDirectory(string directory)
    {
        if (!OperatingSystem.IsWindows())
        {
            DirectorySync.Sync(directory);
        }
    }
}
