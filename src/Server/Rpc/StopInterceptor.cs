using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Telemetry.Server.Rpc;

/// <summary>Ends streams of the libraries' services when the server stops; left alone they would hold it for as long as they may.</summary>
internal sealed class StopInterceptor(IHostApplicationLifetime lifetime) : Interceptor
{
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await continuation(new EndingReader<TRequest>(requestStream, ended.Token), responseStream, context)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw RpcErrors.Stopping();
        }
    }

    /// <summary>Whoever waits for the next request waits no longer than the server runs.</summary>
    private sealed class EndingReader<T>(IAsyncStreamReader<T> requests, CancellationToken ended) : IAsyncStreamReader<T>
    {
        public T Current => requests.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => requests.MoveNext(ended);
    }
}
