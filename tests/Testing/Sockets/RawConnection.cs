using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Telemetry.Testing.Sockets;

/// <summary>A connection of which the test decides every byte: what is sent, in which pieces, and how it ends.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private RawConnection()
    {
    }

    /// <summary>Bytes sent so far.</summary>
    public long Sent { get; private set; }

    /// <summary>The ports of both ends. The own one alone is not unique: the system gives it to connections elsewhere as well.</summary>
    public (int Own, int Server) Ports { get; private set; }

    public static Task<RawConnection> OpenAsync(Uri server, CancellationToken cancellation = default) => OpenAsync(server, 0, cancellation);

    /// <param name="server">Where to.</param>
    /// <param name="receiveBuffer">How many bytes the system takes for a test that does not read; 0: as many as it likes.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<RawConnection> OpenAsync(Uri server, int receiveBuffer, CancellationToken cancellation = default)
    {
        var connection = new RawConnection();
        try
        {
            if (receiveBuffer > 0)
            {
                connection._socket.ReceiveBufferSize = receiveBuffer;
            }

            await connection._socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port, cancellation);
            connection.Ports = (((IPEndPoint)connection._socket.LocalEndPoint!).Port, server.Port);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public Task SendAsync(string ascii) => SendAsync(Encoding.ASCII.GetBytes(ascii));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await _socket.SendAsync(bytes, cancellation);
            Sent += sent;
            bytes = bytes[sent..];
        }
    }

    /// <returns>How many bytes; zero when the server has said its last word.</returns>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation = default) =>
        _socket.ReceiveAsync(buffer, cancellation);

    /// <summary>Everything that the server sends until it closes, in whichever way.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (await Patience.For(ReceiveAsync(buffer).AsTask(), "the server's next bytes, or its goodbye") is var count and > 0)
            {
                all.Write(buffer, 0, count);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    /// <summary>One answer that states its length: head and body. The connection goes on.</summary>
    public async Task<string> ReadAnswerAsync()
    {
        const string Length = "Content-Length: ";
        var head = await ReadUntilAsync("\r\n\r\n");
        var line = head.Split("\r\n").First(line => line.StartsWith(Length, StringComparison.OrdinalIgnoreCase));
        var body = new byte[int.Parse(line[Length.Length..], null)];
        for (var read = 0; read < body.Length;)
        {
            var count = await Patience.For(ReceiveAsync(body.AsMemory(read)).AsTask(), "the rest of the answer");
            read += count > 0 ? count : throw new EndOfStreamException("The server closed within its answer.");
        }

        return head + Encoding.UTF8.GetString(body);
    }

    /// <summary>What the server sends, up to and including this text.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal)
            && await Patience.For(ReceiveAsync(buffer).AsTask(), $"'{end}' from the server") > 0)
        {
            text.Append((char)buffer[0]);
        }

        return text.ToString();
    }

    /// <summary>Sends no more (FIN), and still listens.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Tears the connection down (RST).</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();
}
