using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A file whose syncs wait for the test.</summary>
internal sealed class HeldFile(IStorageFile inner, SyncHold hold) : IStorageFile
{
    public long Length => inner.Length;

    public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

    public void Write(ReadOnlySpan<byte> buffer, long offset) => inner.Write(buffer, offset);

    public void SetLength(long length) => inner.SetLength(length);

    public void Sync()
    {
        hold.Pass();
        inner.Sync();
    }

    public void Dispose() => inner.Dispose();
}
