using System.Buffers;

namespace Telemetry.Server.Export;

/// <summary>Where a file is written, to be sent on in pieces: holds what was written since the last piece.</summary>
/// <remarks>Who writes sends at the end of each row or row group, and waits for the reader there and nowhere else.</remarks>
/// <param name="send">Sends a piece; the bytes are good until it returns.</param>
internal sealed class ExportStream(Func<ReadOnlyMemory<byte>, CancellationToken, Task> send) : Stream, IBufferWriter<byte>
{
    /// <summary>Large enough for few messages, small enough for every reader's limits.</summary>
    private const int PieceSize = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _written = new(2 * PieceSize);
    private long _sent;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _sent + _written.WrittenCount;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <summary>Sends whole pieces; the rest waits for more.</summary>
    public ValueTask SendFullAsync(CancellationToken cancellation) =>
        _written.WrittenCount < PieceSize ? ValueTask.CompletedTask : SendAsync(cancellation);

    /// <summary>Sends everything.</summary>
    public async ValueTask SendAsync(CancellationToken cancellation)
    {
        for (var begin = 0; begin < _written.WrittenCount; begin += PieceSize)
        {
            var piece = _written.WrittenMemory[begin..Math.Min(begin + PieceSize, _written.WrittenCount)];
            await send(piece, cancellation).ConfigureAwait(false);
        }

        _sent += _written.WrittenCount;
        _written.ResetWrittenCount();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => _written.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public void Advance(int count) => _written.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _written.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _written.GetSpan(sizeHint);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
