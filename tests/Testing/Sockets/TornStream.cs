namespace Telemetry.Testing.Sockets;

/// <summary>What a connection does to the bytes that a client writes.</summary>
/// <param name="Cuts">Before which bytes of the connection there is a gap, ascending.</param>
/// <param name="Gap">What is waited for at a cut, e.g. <see cref="Intake.TakesAsync"/>.</param>
/// <param name="Ending">How it ends before its time.</param>
/// <param name="EndsAfter">After how many bytes it ends.</param>
internal sealed record Tearing(
    IReadOnlyList<long> Cuts, Func<RawConnection, Task> Gap, Ending Ending = Ending.None, long EndsAfter = long.MaxValue);

internal enum Ending
{
    None,

    /// <summary>Sends no more, and listens (FIN).</summary>
    Finish,

    /// <summary>Tears the connection down (RST).</summary>
    Reset,
}

/// <summary>A client's way to the server, torn as told. Under any client that takes a stream.</summary>
internal sealed class TornStream(RawConnection connection, Tearing tearing) : Stream
{
    private int _nextCut;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>A handler for HttpClient or a gRPC channel, all of whose connections are torn alike.</summary>
    /// <param name="tearing">How.</param>
    /// <param name="opened">Told of each connection.</param>
    public static SocketsHttpHandler Handler(Tearing tearing, Action<RawConnection>? opened = null) => new()
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var connection = await RawConnection.OpenAsync(context.InitialRequestMessage.RequestUri!, cancellation);
            opened?.Invoke(connection);
            return new TornStream(connection, tearing);
        },
    };

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty && !_ended)
        {
            if (connection.Sent == tearing.EndsAfter)
            {
                End();
                return;
            }

            if (_nextCut < tearing.Cuts.Count && connection.Sent == tearing.Cuts[_nextCut])
            {
                _nextCut++;
                await tearing.Gap(connection);
            }

            var length = (int)Math.Min(buffer.Length, Math.Min(tearing.EndsAfter, NextCut()) - connection.Sent);
            await connection.SendAsync(buffer[..length], cancellationToken);
            buffer = buffer[length..];
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReceiveAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        connection.Dispose();
        base.Dispose(disposing);
    }

    private long NextCut() => _nextCut < tearing.Cuts.Count ? tearing.Cuts[_nextCut] : long.MaxValue;

    private void End()
    {
        _ended = true;
        if (tearing.Ending == Ending.Reset)
        {
            connection.Reset();
        }
        else
        {
            connection.FinishSending();
        }
    }
}
