using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Whether there is space; for all files that share it.</summary>
internal sealed class DiskSpace
{
    public bool IsFull { get; set; }
}

/// <summary>A file on a disk without space: writes fail, reads and syncs work.</summary>
internal sealed class FullDisk(IStorageFile inner, DiskSpace space) : IStorageFile
{
    public long Length => inner.Length;

    public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

    public void Write(ReadOnlySpan<byte> buffer, long offset)
    {
        // What lies in the file already has its space.
        if (space.IsFull && offset + buffer.Length > inner.Length)
        {
            throw new IOException("No space left on device");
        }

        inner.Write(buffer, offset);
    }

    public void SetLength(long length) => inner.SetLength(length);

    public void Sync() => inner.Sync();

    public void Dispose() => inner.Dispose();
}
