using Google.Api;
using Grpc.Core;
using Telemetry.Server.Audit;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>Streams files.</summary>
internal sealed partial class InsightsGrpcService
{
    public override Task Export(
        Wire.ExportRequest request, IServerStreamWriter<HttpBody> responseStream, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var audit = context.Audit();
        return streams.RunAsync(context, async ended =>
        {
            try
            {
                await export.WriteAsync(
                    request, GrpcStatuses.IsGrpc(http.Request) ? responseStream : new PlainWriter(http.Response),
                    reports => ledger.HandsOut(audit, reports), ended).ConfigureAwait(false);
            }
            catch (Exception) when (http.Response.HasStarted && !GrpcStatuses.IsGrpc(http.Request))
            {
                // No status can follow what was sent; half a file must not look like a whole one.
                http.Abort();
            }
        });
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
    /// <param name="request">What is wanted.</param>
    /// <param name="response">Takes the pieces.</param>
    /// <param name="handsOut">Told how many reports, or installations, went into them.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RpcException">The request breaks a rule.</exception>
    Task WriteAsync(Wire.ExportRequest request, IServerStreamWriter<HttpBody> response, Action<long> handsOut, CancellationToken cancellation);
}
