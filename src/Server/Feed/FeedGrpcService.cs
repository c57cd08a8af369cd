using Grpc.Core;
using Microsoft.Extensions.Options;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Feed;

/// <summary>The gRPC edge of the feed.</summary>
internal sealed class FeedGrpcService(
    ITelemetryStore store, FeedRequestReader requests, EventMessages messages, IOptions<FeedOptions> options,
    FeedMetrics metrics, TimeProvider time, GrantedStreams streams, AuditLedger ledger) : FeedServiceBinding
{
    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(30);

    private int _readers;

    public override async Task StreamEvents(
        Wire.StreamEventsRequest request, IServerStreamWriter<FeedMessage> responseStream,
        ServerCallContext context)
    {
        var feedRequest = await requests.ReadAsync(request, context.CancellationToken).ConfigureAwait(false);
        if (Interlocked.Increment(ref _readers) > options.Value.MaxReaders)
        {
            Interlocked.Decrement(ref _readers);
            throw RpcErrors.Overloaded("As many readers as allowed follow the feed. Try again later.", FullRetry).ToRpcException();
        }

        metrics.ReaderCame();
        try
        {
            var audit = context.Audit();
            var session = new FeedSession(
                store, messages, options.Value, time, feedRequest,
                GrpcStatuses.IsGrpc(context.GetHttpContext().Request) ? responseStream : new PlainWriter(responseStream),
                reports => ledger.HandsOut(audit, reports));
            await streams.RunAsync(context, session.RunAsync).ConfigureAwait(false);
        }
        catch (FrozenReaderException frozen)
        {
            // A status would wait behind what the reader does not take.
            metrics.ReaderFroze();
            context.GetHttpContext().Abort();
            await frozen.Write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
            metrics.ReaderLeft();
        }
    }

    /// <summary>Sends each message at once: a transcoded stream knows no other way of writing, and takes no wish for one.</summary>
    private sealed class PlainWriter(IServerStreamWriter<FeedMessage> transcoded) : IServerStreamWriter<FeedMessage>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(FeedMessage message) => transcoded.WriteAsync(message);

        public Task WriteAsync(FeedMessage message, CancellationToken cancellationToken) => transcoded.WriteAsync(message, cancellationToken);
    }
}
