using Google.Api;
using Grpc.Core;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>Streams files.</summary>
internal sealed partial class InsightsGrpcService
{
    public override async Task Export(
        Wire.ExportRequest request, IServerStreamWriter<HttpBody> responseStream, ServerCallContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await export.WriteAsync(request, responseStream, ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or IOException
            && context.CancellationToken.IsCancellationRequested)
        {
            // The reader left; there is nobody to answer.
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw RpcErrors.Stopping();
        }
    }
}

/// <summary>Writes reports, installations or an answer as a file, piece by piece as its reader takes them.</summary>
internal interface IExport
{
    /// <exception cref="RpcException">The request breaks a rule.</exception>
    Task WriteAsync(Wire.ExportRequest request, IServerStreamWriter<HttpBody> response, CancellationToken cancellation);
}
