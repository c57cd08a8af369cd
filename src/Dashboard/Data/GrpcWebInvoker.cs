using System.Buffers;
using Grpc.Core;

namespace Telemetry.Dashboard.Data;

/// <summary>Makes calls by gRPC-Web, as far as a browser can: one message there; one or many, and then the status, back.</summary>
/// <remarks>
/// A page loads it. The general client brings retries, balancing between servers and sockets, which a browser has no use for,
/// in a sixteenth of all that a first visit loads. Deadlines are the caller's: it cancels.
/// </remarks>
internal sealed class GrpcWebInvoker(IFetching server) : CallInvoker
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Start(method, options, request);
        return new(call.ReadOnlyAsync(), call.HeadersAsync(), call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Start(method, options, request);
        return new(call, call.HeadersAsync(), call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw Unsupported();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw Unsupported();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw Unsupported();

    private static NotSupportedException Unsupported() => new("A browser sends one message a call, and waits for nothing.");

    private GrpcWebCall<TResponse> Start<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        var frame = new RequestFrame();
        method.RequestMarshaller.ContextualSerializer(request, frame);
        string[] headers = ["content-type", "application/grpc-web", "x-grpc-web", "1", .. (options.Headers ?? []).SelectMany(header => new[] { header.Key, header.Value })];
        return new(server, method.FullName, headers, frame.ToBytes(), method.ResponseMarshaller, options.CancellationToken);
    }

    /// <summary>A message behind its length, as it is sent.</summary>
    private sealed class RequestFrame : SerializationContext
    {
        private readonly ArrayBufferWriter<byte> _written = new();

        public RequestFrame() => _written.Advance(_written.GetSpan(GrpcWebFrame.HeadLength)[..GrpcWebFrame.HeadLength].Length);

        public override IBufferWriter<byte> GetBufferWriter() => _written;

        public override void SetPayloadLength(int payloadLength)
        {
        }

        public override void Complete()
        {
        }

        public override void Complete(byte[] payload) => _written.Write(payload);

        public byte[] ToBytes()
        {
            var frame = _written.WrittenSpan.ToArray();
            GrpcWebFrame.WriteHead(frame);
            return frame;
        }
    }
}
