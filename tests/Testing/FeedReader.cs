using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Testing;

/// <summary>Reads a feed message by message.</summary>
internal sealed class FeedReader(AsyncServerStreamingCall<Wire.StreamEventsResponse> call) : IDisposable
{
    public static FeedReader Open(TestServer server, Wire.StreamEventsRequest request, ChannelBase? channel = null) =>
        new(new Wire.FeedService.FeedServiceClient(channel ?? server.Native).StreamEvents(request, server.Authorized));

    public async Task<Wire.StreamEventsResponse> NextAsync()
    {
        var more = await Patience.For(call.ResponseStream.MoveNext(CancellationToken.None), "the next feed message");
        return more ? call.ResponseStream.Current : throw new InvalidOperationException("The feed ended.");
    }

    public async Task<Wire.StreamEventsResponse> NextAsync(Wire.StreamEventsResponse.MessageOneofCase kind)
    {
        var message = await NextAsync();
        return message.MessageCase == kind
            ? message
            : throw new InvalidOperationException($"Expected {kind}, got {message}.");
    }

    /// <summary>Events up to the one with this number, which must come without interruption by others.</summary>
    public async Task<List<Wire.Event>> EventsThroughAsync(ulong number)
    {
        var events = new List<Wire.Event>();
        while (events.Count == 0 || events[^1].Position.Number < number)
        {
            var message = await NextAsync();
            if (message.Event is { } next)
            {
                events.Add(next);
            }
        }

        return events;
    }

    public void Dispose() => call.Dispose();
}
