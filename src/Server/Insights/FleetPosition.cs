using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Grpc.Core;

namespace Telemetry.Server.Insights;

/// <summary>Makes every answer hold all that was acknowledged before the question.</summary>
internal sealed class FleetPosition(ITelemetryStore store, FleetProjection projection, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="Grpc.Core.RpcException">The projection is still far behind, as after the start with an old log.</exception>
    public async Task UpToNowAsync(CancellationToken cancellation)
    {
        var number = store.Current.Number;
        try
        {
            await projection.WaitForAsync(number, cancellation).WaitAsync(Patience, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw RpcErrors.InsightsBehind(projection.Position.Number, number).ToRpcException();
        }
    }

    /// <summary>Completes when something after a number can be asked for.</summary>
    public Task ChangeAfterAsync(long number) => projection.WaitForAsync(number + 1, CancellationToken.None);
}
