using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Telemetry.Testing.Sockets;

/// <summary>HTTP/2 frame by frame, so that a test can send what no client would.</summary>
internal sealed class RawHttp2 : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte Continuation = 9;
    public const byte EndStream = 1;
    public const byte Ack = 1;
    public const byte EndHeaders = 4;

    private const int HeadLength = 9;

    private readonly RawConnection _connection;

    private RawHttp2(RawConnection connection) => _connection = connection;

    /// <summary>Opens a connection and says what must be said first.</summary>
    public static async Task<RawHttp2> OpenAsync(Uri server, int receiveBuffer = 0)
    {
        var http2 = new RawHttp2(await RawConnection.OpenAsync(server, receiveBuffer));
        await http2._connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await http2.SendAsync(Frame(Settings, 0, 0, []));
        return http2;
    }

    public static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeadLength + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)payload.Length);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(HeadLength));
        return frame;
    }

    /// <summary>The head of a gRPC call, without compression of any kind.</summary>
    public static byte[] CallOf(string method) => Head(
        (":method", "POST"), (":scheme", "http"), (":path", method), (":authority", "a"),
        ("content-type", "application/grpc"), ("te", "trailers"));

    public static byte[] Head(params (string Name, string Value)[] headers)
    {
        using var block = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            block.WriteByte(0);
            WriteText(block, name);
            WriteText(block, value);
        }

        return block.ToArray();
    }

    public Task SendAsync(ReadOnlyMemory<byte> frames) => _connection.SendAsync(frames);

    /// <returns>The next frame's type, flags, stream and payload; null when the server has closed, in whichever way.</returns>
    public async Task<(byte Type, byte Flags, int Stream, byte[] Payload)?> ReadAsync()
    {
        var head = new byte[HeadLength];
        if (!await FillAsync(head))
        {
            return null;
        }

        var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        return await FillAsync(payload) ? (head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload) : null;
    }

    /// <summary>Reads until the server closes.</summary>
    /// <returns>The code of its GOAWAY, and null when it said none.</returns>
    public async Task<int?> ReadToEndAsync()
    {
        int? code = null;
        while (await ReadAsync() is { } frame)
        {
            code = frame.Type == GoAway ? BinaryPrimitives.ReadInt32BigEndian(frame.Payload.AsSpan(4)) : code;
        }

        return code;
    }

    public void Dispose() => _connection.Dispose();

    private async Task<bool> FillAsync(Memory<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                var count = await _connection.ReceiveAsync(buffer);
                if (count == 0)
                {
                    return false;
                }

                buffer = buffer[count..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void WriteText(MemoryStream block, string text)
    {
        var length = text.Length;
        if (length < 127)
        {
            block.WriteByte((byte)length);
        }
        else
        {
            block.WriteByte(127);
            for (length -= 127; length >= 128; length >>= 7)
            {
                block.WriteByte((byte)(length | 128));
            }

            block.WriteByte((byte)length);
        }

        block.Write(Encoding.ASCII.GetBytes(text));
    }
}
