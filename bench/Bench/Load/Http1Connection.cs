using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench.Load;

/// <summary>A minimal HTTP/1.1 client: one request at a time on a kept connection, as a browser or PHP has it.</summary>
internal sealed class Http1Connection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly IRequestSource _source;
    private readonly LoadResult _result;
    private readonly string _contentType;
    private readonly byte[] _in = new byte[1 << 16];
    private readonly string _host;

    public Http1Connection(IPEndPoint server, IRequestSource source, string contentType, LoadResult result)
    {
        _source = source;
        _contentType = contentType;
        _result = result;
        _host = server.ToString();
        _socket.Connect(server);
    }

    public bool Measuring { get; set; }

    public void RunClosed(Func<bool> running)
    {
        byte[]? head = null;
        byte[] request = [];
        while (running())
        {
            var body = _source.Next();
            if (head is null)
            {
                head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
                    $"POST {_source.Path} HTTP/1.1\r\nHost: {_host}\r\nContent-Type: {_contentType}\r\nX-Grpc-Web: 1\r\nContent-Length: {body.Length}\r\n\r\n"));
                request = new byte[head.Length + body.Length];
                head.CopyTo(request, 0);
            }

            body.CopyTo(request.AsSpan(head.Length));
            var start = Stopwatch.GetTimestamp();
            for (var sent = 0; sent < request.Length;)
            {
                sent += _socket.Send(request.AsSpan(sent));
            }

            var ok = ReadAnswer();
            if (Measuring)
            {
                _result.Done += ok ? 1 : 0;
                _result.Errors += ok ? 0 : 1;
                _result.Record(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Good is 200, and for gRPC-Web a trailer with status 0 in the body.</summary>
    private bool ReadAnswer()
    {
        var length = 0;
        while (true)
        {
            var read = _socket.Receive(_in.AsSpan(length));
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            length += read;
            var answer = _in.AsSpan(0, length);
            var headEnd = answer.IndexOf("\r\n\r\n"u8);
            if (headEnd < 0)
            {
                continue;
            }

            var head = answer[..headEnd];
            var body = answer[(headEnd + 4)..];
            if (!IsComplete(head, body))
            {
                continue;
            }

            var isWeb = head.IndexOf("grpc-web"u8) >= 0;
            return answer.StartsWith("HTTP/1.1 200"u8)
                && (!isWeb || body.IndexOf("grpc-status: 0"u8) >= 0 || body.IndexOf("grpc-status:0"u8) >= 0);
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var name = "Content-Length: "u8;
        var at = head.IndexOf(name);
        if (at < 0)
        {
            // With the line end before it: a gRPC-Web trailer ends in a zero of its own.
            return body.EndsWith("\r\n0\r\n\r\n"u8);
        }

        return System.Buffers.Text.Utf8Parser.TryParse(head[(at + name.Length)..], out int expected, out _)
            && body.Length >= expected;
    }
}
