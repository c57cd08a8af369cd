using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A file in memory, for tests that open a store hundreds of times. Safe for several threads.</summary>
internal sealed class MemoryFile(byte[] content) : IStorageFile
{
    private readonly Lock _gate = new();
    private byte[] _bytes = [.. content];
    private int _length = content.Length;

    public long Length => _length;

    public byte[] Content
    {
        get
        {
            lock (_gate)
            {
                return _bytes[.._length];
            }
        }
    }

    public int Read(Span<byte> buffer, long offset)
    {
        lock (_gate)
        {
            var count = (int)Math.Clamp(_length - offset, 0, buffer.Length);
            _bytes.AsSpan((int)Math.Min(offset, _length), count).CopyTo(buffer);
            return count;
        }
    }

    public void Write(ReadOnlySpan<byte> buffer, long offset)
    {
        lock (_gate)
        {
            if (offset + buffer.Length > _length)
            {
                Resize(offset + buffer.Length);
            }

            buffer.CopyTo(_bytes.AsSpan((int)offset));
        }
    }

    public void SetLength(long length)
    {
        lock (_gate)
        {
            Resize(length);
        }
    }

    public void Sync()
    {
    }

    public void Dispose()
    {
    }

    private void Resize(long length)
    {
        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Max(length, 2L * _bytes.Length));
        }

        _bytes.AsSpan(Math.Min(_length, (int)length)..).Clear();
        _length = (int)length;
    }
}
