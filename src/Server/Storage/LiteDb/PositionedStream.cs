namespace Telemetry.Server.Storage.LiteDb;

/// <summary>The bookkeeping that every seekable stream repeats, so that the two real ones show only what they do.</summary>
internal abstract class PositionedStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Position { get; set; }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = ReadAt(buffer.AsSpan(offset, count), Position);
        Position += read;
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        WriteAt(buffer.AsSpan(offset, count), Position);
        Position += count;
    }

    protected abstract int ReadAt(Span<byte> buffer, long position);

    protected abstract void WriteAt(ReadOnlySpan<byte> buffer, long position);
}
