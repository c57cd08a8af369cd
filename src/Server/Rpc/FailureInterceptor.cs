using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Telemetry.Server.Rpc;

/// <summary>
/// Answers bugs of every service that does not guard itself, as reporting and licensing do: an interceptor costs each of
/// their calls three tasks.
/// </summary>
internal sealed class FailureInterceptor(CallFailures failures) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context).ConfigureAwait(false);
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context))
        {
            throw failures.Report(e, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context).ConfigureAwait(false);
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context))
        {
            throw failures.Report(e, context);
        }
    }

    /// <summary>Reads its messages while it runs: what does not parse, or breaks off, is the caller's.</summary>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context).ConfigureAwait(false);
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context) && e is not (InvalidProtocolBufferException or IOException))
        {
            throw failures.Report(e, context);
        }
    }
}
