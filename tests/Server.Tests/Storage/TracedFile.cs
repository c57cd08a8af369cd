using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A file that notes every write and sync.</summary>
internal sealed class TracedFile : IStorageFile
{
    private readonly IStorageFile _inner;
    private readonly string _name;
    private readonly WriteTrace _trace;

    public TracedFile(IStorageFile inner, string path, WriteTrace trace)
    {
        _inner = inner;
        _name = WriteTrace.NameOf(path);
        _trace = trace;
        trace.Add(new WriteTrace.Opened(_name));
    }

    public long Length => _inner.Length;

    public int Read(Span<byte> buffer, long offset) => _inner.Read(buffer, offset);

    public void Write(ReadOnlySpan<byte> buffer, long offset)
    {
        _trace.Add(new WriteTrace.Write(_name, offset, buffer.ToArray()));
        _inner.Write(buffer, offset);
    }

    public void SetLength(long length)
    {
        _trace.Add(new WriteTrace.Resize(_name, length));
        _inner.SetLength(length);
    }

    public void Sync()
    {
        _inner.Sync();
        _trace.Add(new WriteTrace.Sync(_name));
    }

    public void Dispose() => _inner.Dispose();
}
