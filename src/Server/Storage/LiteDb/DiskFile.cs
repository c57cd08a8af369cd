using Microsoft.Win32.SafeHandles;
using Telemetry.DataFiles;

namespace Telemetry.Server.Storage.LiteDb;

/// <inheritdoc cref="IStorageFile"/>
internal sealed class DiskFile : IStorageFile
{
    private readonly SafeFileHandle _handle;

    public DiskFile(string path)
    {
        var isNew = !File.Exists(path);
        _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (isNew && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            DurableFile.SyncDirectoryOf(path);
        }
    }

    private DiskFile(SafeFileHandle handle) => _handle = handle;

    /// <summary>One that is there and is only read; it may be deleted meanwhile.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static DiskFile OpenWritten(string path) =>
        new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = RandomAccess.Read(_handle, buffer[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> buffer, long offset) => RandomAccess.Write(_handle, buffer, offset);

    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    public void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            DataSync.Sync(_handle);
        }
        else
        {
            RandomAccess.FlushToDisk(_handle);
        }
    }

    public void Dispose() => _handle.Dispose();
}

/// <summary>A file as the store needs it; tests put one in between that fails, records or loses power.</summary>
/// <remarks>Writes reach the disk for certain only with <see cref="Sync"/>. Every member may throw an IOException.</remarks>
internal interface IStorageFile : IDisposable
{
    long Length { get; }

    /// <returns>Bytes read; fewer than asked for only at the end of the file.</returns>
    int Read(Span<byte> buffer, long offset);

    void Write(ReadOnlySpan<byte> buffer, long offset);

    void SetLength(long length);

    void Sync();
}
