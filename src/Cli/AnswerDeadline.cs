using Grpc.Core;
using Grpc.Core.Interceptors;
using Telemetry.Client.Send;

namespace Telemetry.Cli;

/// <summary>Gives up each call that the server does not answer in time; streams are left alone.</summary>
internal sealed class AnswerDeadline(Uri server, TimeProvider time) : Interceptor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var patience = new CancellationTokenSource(Patience, time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.Options.CancellationToken);
        var call = continuation(request, new ClientInterceptorContext<TRequest, TResponse>(
            context.Method, context.Host, context.Options.WithCancellationToken(either.Token)));
        return new AsyncUnaryCall<TResponse>(
            AnswerAsync(), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);

        async Task<TResponse> AnswerAsync()
        {
            using (patience)
            using (either)
            {
                try
                {
                    return await call.ResponseAsync.ConfigureAwait(false);
                }
                catch (RpcException e) when (patience.IsCancellationRequested
                    && !context.Options.CancellationToken.IsCancellationRequested)
                {
                    throw new ServerNotReachedException(SendFailures.Silent(server, Patience), e);
                }
            }
        }
    }
}
