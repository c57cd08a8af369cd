namespace Telemetry.Client.State;

/// <summary>Writes small files whole, readable by their owner alone.</summary>
internal static class AtomicFile
{
    /// <summary>Under another name first, so that a crash leaves the old file or the new one, never half of one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="durable">Whether a power loss right after must not undo it: costs a sync of the disk.</param>
    /// <exception cref="IOException">It cannot be written; the old file is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old file is still there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: durable);
            }

            File.Move(draft, path, overwrite: true);
            if (durable && !OperatingSystem.IsWindows())
            {
                DirectorySync.Sync(Path.GetDirectoryName(path)!);
            }
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    /// <summary>The whole file, also while another process replaces it; null when there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">More bytes than this are refused.</param>
    /// <exception cref="IOException">It cannot be read, or is too large to be ours.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[]? Read(string path, long largest)
    {
        try
        {
            using var stream = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > largest)
            {
                throw new IOException($"{path} is too large to be a file of this SDK.");
            }

            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
