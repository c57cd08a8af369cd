using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Telemetry.Server.Rpc;

/// <summary>Turns a bug into INTERNAL with an incident number, and logs it under that number without content.</summary>
internal sealed partial class FailureInterceptor(ILogger<FailureInterceptor> logger) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return call.IsCompletedSuccessfully ? call : Guard(call, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context).ConfigureAwait(false);
        }
        catch (Exception e) when (IsFailure(e, context))
        {
            throw Report(e, context);
        }
    }

    private async Task<TResponse> Guard<TResponse>(Task<TResponse> call, ServerCallContext context)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (Exception e) when (IsFailure(e, context))
        {
            throw Report(e, context);
        }
    }

    private static bool IsFailure(Exception e, ServerCallContext context) =>
        e is not RpcException && !context.CancellationToken.IsCancellationRequested;

    private RpcException Report(Exception e, ServerCallContext context)
    {
        var incident = Guid.NewGuid().ToString("N")[..12];
        Log.CallFailed(logger, e, context.Method, incident);
        return RpcErrors.Internal(incident);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1101, Level = LogLevel.Error, Message = "{Method} failed; incident {Incident}.")]
        public static partial void CallFailed(ILogger logger, Exception exception, string method, string incident);
    }
}
