namespace Telemetry.Server.Storage.LiteDb;

/// <summary>A file whose changes stay in memory: what is only looked at must not change.</summary>
/// <remarks>Threading: any; readers and one writer.</remarks>
internal sealed class OverlayFile(IStorageFile inner) : IStorageFile
{
    private const int BlockSize = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, byte[]> _changed = [];
    private long _length = inner.Length;

    public long Length => Interlocked.Read(ref _length);

    public int Read(Span<byte> buffer, long offset)
    {
        lock (_gate)
        {
            var count = (int)Math.Clamp(_length - offset, 0, buffer.Length);
            for (var done = 0; done < count;)
            {
                var (block, start) = Math.DivRem(offset + done, BlockSize);
                var part = buffer[done..Math.Min(count, done + BlockSize - (int)start)];
                BlockOf(block).AsSpan((int)start, part.Length).CopyTo(part);
                done += part.Length;
            }

            return count;
        }
    }

    public void Write(ReadOnlySpan<byte> buffer, long offset)
    {
        lock (_gate)
        {
            for (var done = 0; done < buffer.Length;)
            {
                var (block, start) = Math.DivRem(offset + done, BlockSize);
                var part = buffer[done..Math.Min(buffer.Length, done + BlockSize - (int)start)];
                part.CopyTo((_changed[block] = BlockOf(block)).AsSpan((int)start));
                done += part.Length;
            }

            _length = Math.Max(_length, offset + buffer.Length);
        }
    }

    public void SetLength(long length) => Interlocked.Exchange(ref _length, length);

    public void Sync()
    {
    }

    public void Dispose() => inner.Dispose();

    private byte[] BlockOf(long block)
    {
        if (!_changed.TryGetValue(block, out var bytes))
        {
            bytes = new byte[BlockSize];
            inner.Read(bytes, block * BlockSize);
        }

        return bytes;
    }
}
