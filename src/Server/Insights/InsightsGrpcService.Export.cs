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
        var http = context.GetHttpContext();
        try
        {
            await export.WriteAsync(
                request, GrpcStatuses.IsGrpc(http.Request) ? responseStream : new PlainWriter(http.Response), ended.Token).ConfigureAwait(false);
        }
        catch (Exception) when (http.Response.HasStarted && !GrpcStatuses.IsGrpc(http.Request))
        {
            // No status can follow what was sent; half a file must not look like a whole one.
            http.Abort();
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

    /// <summary>Writes pieces as they are: a transcoded stream puts a line's end behind each.</summary>
    private sealed class PlainWriter(HttpResponse response) : IServerStreamWriter<HttpBody>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(HttpBody message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(HttpBody message, CancellationToken cancellationToken)
        {
            if (!response.HasStarted)
            {
                response.ContentType = message.ContentType;
            }

            await response.Body.WriteAsync(message.Data.Memory, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>Writes reports, installations or an answer as a file, piece by piece as its reader takes them.</summary>
internal interface IExport
{
    /// <exception cref="RpcException">The request breaks a rule.</exception>
    Task WriteAsync(Wire.ExportRequest request, IServerStreamWriter<HttpBody> response, CancellationToken cancellation);
}
