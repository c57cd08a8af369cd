using Grpc.Core;
using Telemetry.Server.Rpc;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Access;

/// <summary>Runs streams for as long as their token is good, the caller stays and the server runs.</summary>
internal sealed class GrantedStreams(TokenBook tokens, IHostApplicationLifetime lifetime)
{
    /// <param name="context">The call.</param>
    /// <param name="stream">Streams until it is told to end.</param>
    public async Task RunAsync(ServerCallContext context, Func<CancellationToken, Task> stream)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
        RpcStatus? over = null;
        var watch = WatchAsync();
        try
        {
            await stream(ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or IOException
            && context.CancellationToken.IsCancellationRequested)
        {
            // The reader left; there is nobody to answer.
        }
        catch (OperationCanceledException) when (Volatile.Read(ref over) is { } refusal)
        {
            throw refusal.ToRpcException();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw RpcErrors.Stopping();
        }
        finally
        {
            await watching.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WatchAsync()
        {
            Volatile.Write(ref over, await tokens.OverAsync(context.Grant(), watching.Token).ConfigureAwait(false));
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }
}
