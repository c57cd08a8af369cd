using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench.Load;

/// <summary>
/// A minimal HTTP/2 client with prior knowledge (RFC 9113), one thread a connection: it reads what has come, answers
/// every finished stream with a new request, and writes all of those at once. A general client costs more than the
/// server that it is to measure.
/// </summary>
/// <remarks>
/// Headers are never indexed (RFC 7541, 6.2.2), and the peer is told to keep no table, so that no state is needed. An
/// answer is good when it carried a message; a gRPC error never does. A status other than 0 counts as an error too.
/// </remarks>
internal sealed class Http2Connection : IDisposable
{
    private const int FrameHeader = 9;
    private const int MaxFrame = 16_384;
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, GoAway = 7, WindowUpdate = 8;
    private const byte EndStream = 1, Ack = 1, EndHeaders = 4;
    private const int MaxStreams = 100;

    private static readonly byte[] StatusName = "grpc-status"u8.ToArray();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly IRequestSource _source;
    private readonly byte[] _headerBlock;
    private readonly Dictionary<int, (long Due, bool Message)> _open = [];
    private readonly Queue<long> _waiting = [];
    private readonly LoadResult _result;
    private byte[] _out = new byte[1 << 18];
    private byte[] _in = new byte[1 << 18];
    private int _outLength;
    private int _inLength;
    private int _nextStream = 1;
    private long _sendWindow = 65_535;
    private long _received;

    public Http2Connection(IPEndPoint server, IRequestSource source, LoadResult result)
    {
        _source = source;
        _result = result;
        _headerBlock = HeaderBlock(server, source.Path);
        _socket.Connect(server);
        Append("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Frame(Settings, 0, 0, [0, 1, 0, 0, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFF]);
        Frame(WindowUpdate, 0, 0, [0x3F, 0xFF, 0, 0]);
        Flush();
    }

    /// <summary>Whether answers count; off during the warm-up.</summary>
    public bool Measuring { get; set; }

    /// <summary>Keeps so many streams busy until told to stop.</summary>
    public void RunClosed(int streams, Func<bool> running)
    {
        for (var i = 0; i < streams; i++)
        {
            _waiting.Enqueue(Stopwatch.GetTimestamp());
        }

        while (running())
        {
            StartWaiting();
            Flush();
            for (var finished = Receive(100_000); finished > 0; finished--)
            {
                _waiting.Enqueue(Stopwatch.GetTimestamp());
            }
        }
    }

    /// <summary>Starts a request at every due time, whether or not earlier ones are answered.</summary>
    public void RunOpen(double perSecond, Func<bool> running)
    {
        var step = Stopwatch.Frequency / perSecond;
        var start = Stopwatch.GetTimestamp();
        long started = 0;
        while (running())
        {
            var now = Stopwatch.GetTimestamp();
            for (; start + (long)(started * step) <= now; started++)
            {
                _waiting.Enqueue(start + (long)(started * step));
            }

            StartWaiting();
            Flush();
            var next = start + (long)(started * step);
            var microseconds = (next - Stopwatch.GetTimestamp()) * 1_000_000 / Stopwatch.Frequency;
            Receive((int)Math.Max(0, microseconds));
        }
    }

    public void Dispose() => _socket.Dispose();

    private void StartWaiting()
    {
        while (_waiting.Count > 0 && _open.Count < MaxStreams)
        {
            var body = _source.Next();
            if (_sendWindow < body.Length)
            {
                return;
            }

            _sendWindow -= body.Length;
            Frame(Headers, EndHeaders, _nextStream, _headerBlock);
            while (body.Length > MaxFrame)
            {
                Frame(Data, 0, _nextStream, body[..MaxFrame]);
                body = body[MaxFrame..];
            }

            Frame(Data, EndStream, _nextStream, body);
            _open.Add(_nextStream, (_waiting.Dequeue(), false));
            _nextStream += 2;
        }
    }

    private int Receive(int waitMicroseconds)
    {
        if (!PreciseWait.ForReading(_socket, waitMicroseconds))
        {
            return 0;
        }

        if (_inLength == _in.Length)
        {
            Array.Resize(ref _in, 2 * _in.Length);
        }

        var read = _socket.Receive(_in.AsSpan(_inLength));
        if (read == 0)
        {
            throw new IOException("The server closed the connection.");
        }

        _inLength += read;
        var finished = 0;
        var at = 0;
        while (_inLength - at >= FrameHeader)
        {
            var length = _in[at] << 16 | _in[at + 1] << 8 | _in[at + 2];
            if (_inLength - at < FrameHeader + length)
            {
                break;
            }

            finished += Handle(
                _in[at + 3], _in[at + 4], BinaryPrimitives.ReadInt32BigEndian(_in.AsSpan(at + 5)) & int.MaxValue,
                _in.AsSpan(at + FrameHeader, length));
            at += FrameHeader + length;
        }

        _in.AsSpan(at, _inLength - at).CopyTo(_in);
        _inLength -= at;
        return finished;
    }

    private int Handle(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case Data:
                Received(payload.Length);
                if (_open.TryGetValue(stream, out var open) && payload.Length >= 5)
                {
                    _open[stream] = open with { Message = true };
                }

                return (flags & EndStream) != 0 ? Finish(stream, ok: true) : 0;
            case Headers:
                return (flags & EndStream) != 0 ? Finish(stream, StatusIsOk(payload)) : 0;
            case Reset:
                return Finish(stream, ok: false);
            case Settings when (flags & Ack) == 0:
                Frame(Settings, Ack, 0, []);
                return 0;
            case Ping when (flags & Ack) == 0:
                Frame(Ping, Ack, 0, payload);
                return 0;
            case WindowUpdate when stream == 0:
                _sendWindow += BinaryPrimitives.ReadInt32BigEndian(payload);
                return 0;
            case GoAway:
                throw new IOException("The server said goodbye: " + Encoding.ASCII.GetString(payload[8..]));
            default:
                return 0;
        }
    }

    private int Finish(int stream, bool ok)
    {
        if (!_open.Remove(stream, out var request))
        {
            return 0;
        }

        if (Measuring)
        {
            if (ok && request.Message)
            {
                _result.Done++;
                _result.Record(Stopwatch.GetElapsedTime(request.Due).TotalMicroseconds);
            }
            else
            {
                _result.Errors++;
            }
        }

        return 1;
    }

    /// <summary>A plain literal in the trailers says the status; a compressed one is left to the message.</summary>
    private static bool StatusIsOk(ReadOnlySpan<byte> block)
    {
        var name = block.IndexOf(StatusName);
        return name < 0 || block[(name + StatusName.Length)..] is [1, (byte)'0', ..];
    }

    private void Received(int bytes)
    {
        _received += bytes;
        if (_received > 1 << 29)
        {
            Span<byte> increment = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(increment, (int)_received);
            Frame(WindowUpdate, 0, 0, increment);
            _received = 0;
        }
    }

    private void Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> header =
        [
            (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 0,
        ];
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        Append(header);
        Append(payload);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (_outLength + bytes.Length > _out.Length)
        {
            Array.Resize(ref _out, 2 * _out.Length);
        }

        bytes.CopyTo(_out.AsSpan(_outLength));
        _outLength += bytes.Length;
    }

    private void Flush()
    {
        for (var sent = 0; sent < _outLength;)
        {
            sent += _socket.Send(_out.AsSpan(sent, _outLength - sent));
        }

        _outLength = 0;
    }

    private static byte[] HeaderBlock(IPEndPoint server, string path)
    {
        // Static table: 3 is ":method POST", 6 is ":scheme http".
        var block = new List<byte> { 0x83, 0x86 };
        Literal(":path", path);
        Literal(":authority", server.ToString());
        Literal("content-type", "application/grpc");
        Literal("te", "trailers");
        return [.. block];

        void Literal(string name, string value)
        {
            block.Add(0x10);
            Text(name);
            Text(value);
        }

        void Text(string text)
        {
            block.Add((byte)text.Length);
            block.AddRange(Encoding.ASCII.GetBytes(text));
        }
    }
}
