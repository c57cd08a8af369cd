using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A file that notes every write and sync.</summary>
internal sealed class TracedFile(IStorageFile inner, string path, WriteTrace trace) : IStorageFile
{
    private readonly string _name = Path.GetFileName(path);

    public long Length => inner.Length;

    public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

    public void Write(ReadOnlySpan<byte> buffer, long offset)
    {
        trace.Add(new WriteTrace.Write(_name, offset, buffer.ToArray()));
        inner.Write(buffer, offset);
    }

    public void SetLength(long length)
    {
        trace.Add(new WriteTrace.Resize(_name, length));
        inner.SetLength(length);
    }

    public void Sync()
    {
        inner.Sync();
        trace.Add(new WriteTrace.Sync(_name));
    }

    public void Dispose() => inner.Dispose();
}
