using Grpc.Core;
using Telemetry.Client;
using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli;

/// <summary>Finds out whether a Telemetry server answers, by the smallest thing that only one knows.</summary>
internal static class ServerProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>The version of the server's list of fields.</returns>
    /// <exception cref="ServerNotReachedException">No Telemetry server answers; the message says what does.</exception>
    public static async Task<uint> FieldListVersionAsync(
        TelemetryChannel channel, TimeProvider time, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            var client = new ReportingService.ReportingServiceClient(channel.Invoker);
            return (await client.GetFieldRegisterAsync(new(), cancellationToken: either.Token).ConfigureAwait(false)).Version;
        }
        catch (RpcException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new ServerNotReachedException(patience.IsCancellationRequested
                ? SendFailures.Silent(channel.Address, Patience)
                : SendFailures.Explain(e, channel.Address, time.GetUtcNow(), left: false), e);
        }
    }
}

/// <summary>No Telemetry server answers there; the message says what does, and what to check.</summary>
internal sealed class ServerNotReachedException(SendResult failure, Exception inner) : Exception(failure.Message, inner)
{
    public SendResult Failure { get; } = failure;
}
