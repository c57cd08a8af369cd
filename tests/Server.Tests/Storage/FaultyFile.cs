using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A file on a disk that fails when told to; a failed write leaves half of its bytes.</summary>
internal sealed class FaultyFile(IStorageFile inner, Faults faults) : IStorageFile
{
    public long Length => inner.Length;

    public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

    public void Write(ReadOnlySpan<byte> buffer, long offset)
    {
        try
        {
            faults.Operation();
        }
        catch (IOException)
        {
            inner.Write(buffer[..(buffer.Length / 2)], offset);
            throw;
        }

        inner.Write(buffer, offset);
    }

    public void SetLength(long length) => inner.SetLength(length);

    public void Sync()
    {
        faults.Operation();
        inner.Sync();
    }

    public void Dispose() => inner.Dispose();
}
