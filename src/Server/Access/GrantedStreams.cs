using Grpc.Core;
using Telemetry.Server.Rpc;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Access;

/// <summary>Runs streams for as long as their token is good, if they need one, the caller stays and the server runs.</summary>
internal sealed class GrantedStreams(TokenBook tokens, IHostApplicationLifetime lifetime)
{
    /// <param name="context">The call.</param>
    /// <param name="stream">Streams until it is told to end.</param>
    public Task RunAsync(ServerCallContext context, Func<CancellationToken, Task> stream) =>
        RunAsync(context, stream, async token => await tokens.OverAsync(context.Grant(), token).ConfigureAwait(false));

    /// <summary>The same for a call that needs no token.</summary>
    /// <inheritdoc cref="RunAsync(ServerCallContext, Func{CancellationToken, Task})"/>
    public Task RunOpenAsync(ServerCallContext context, Func<CancellationToken, Task> stream) => RunAsync(context, stream, async token =>
    {
        await Task.Delay(Timeout.Infinite, token).ConfigureAwait(false);
        return null;
    });

    private async Task RunAsync(ServerCallContext context, Func<CancellationToken, Task> stream, Func<CancellationToken, Task<RpcStatus?>> over)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
        RpcStatus? refused = null;
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
        catch (OperationCanceledException) when (Volatile.Read(ref refused) is { } refusal)
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
            Volatile.Write(ref refused, await over(watching.Token).ConfigureAwait(false));
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }
}
