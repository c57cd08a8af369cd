using Bench.Servers;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Contracts.V1;

namespace Bench.Feed;

/// <summary>Readers that open the feed, take one message and never another; flow control stops them soon.</summary>
internal sealed class StalledReaders : IDisposable
{
    private readonly List<GrpcChannel> _channels = [];
    private readonly List<AsyncServerStreamingCall<StreamEventsResponse>> _calls = [];

    public StalledReaders(ServerProcess server, int count)
    {
        var headers = new Metadata { { "authorization", "Bearer " + server.Token } };
        for (var i = 0; i < count; i++)
        {
            var channel = GrpcChannel.ForAddress($"http://{server.Grpc}", new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 },
            });
            _channels.Add(channel);
            var call = new FeedService.FeedServiceClient(channel).StreamEvents(new StreamEventsRequest(), headers);
            call.ResponseStream.MoveNext(CancellationToken.None).Wait();
            _calls.Add(call);
        }
    }

    public void Dispose()
    {
        foreach (var call in _calls)
        {
            call.Dispose();
        }

        foreach (var channel in _channels)
        {
            channel.Dispose();
        }
    }
}
