using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Telemetry.Dashboard.Tests.Access;

/// <summary>A server that answers calls by gRPC-Web with what a test wants, and keeps what it was asked.</summary>
internal sealed class StubServer : HttpMessageHandler
{
    private readonly Dictionary<string, Func<byte[], byte[]>> _answers = new(StringComparer.Ordinal);

    public List<(string Call, string? Token)> Asked { get; } = [];

    public void Answer<TRequest>(string call, Func<TRequest, IMessage> answer)
        where TRequest : IMessage<TRequest>, new() => _answers[call] = body =>
        {
            var message = answer(new MessageParser<TRequest>(() => new TRequest()).ParseFrom(body.AsSpan(5).ToArray())).ToByteArray();
            return [.. Frame(0, message), .. Frame(0x80, "grpc-status: 0\r\n"u8.ToArray())];
        };

    public void Refuse(string call, int code, string reason, string words)
    {
        var status = new Google.Rpc.Status { Code = code, Message = words, Details = { Any.Pack(new ErrorInfo { Reason = reason, Domain = "telemetry" }) } };
        var trailers = $"grpc-status: {code}\r\ngrpc-message: {Uri.EscapeDataString(words)}\r\ngrpc-status-details-bin: {Convert.ToBase64String(status.ToByteArray())}\r\n";
        _answers[call] = _ => Frame(0x80, Encoding.ASCII.GetBytes(trailers));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = request.RequestUri!.Segments[^1];
        Asked.Add((call, request.Headers.Authorization?.Parameter));
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var answer = new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(_answers[call](body)), RequestMessage = request, Version = request.Version,
        };
        answer.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web");
        return answer;
    }

    private static byte[] Frame(byte kind, byte[] content)
    {
        var frame = new byte[5 + content.Length];
        frame[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), content.Length);
        content.CopyTo(frame.AsSpan(5));
        return frame;
    }
}
