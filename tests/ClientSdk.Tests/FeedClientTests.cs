using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Client;
using Telemetry.Client.Admin;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Tests;

public sealed class FeedClientTests
{
    [Fact]
    public async Task The_feed_goes_on_through_a_restart_of_the_server_with_each_event_once()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-client-").FullName;
        var server = await TestServer.StartAsync(data);
        try
        {
            var address = new Uri("http://" + server.Native.Target);
            using var channel = TelemetryChannel.For(address);
            var interruptions = 0;
            var client = new FeedClient(channel, server.AdminToken);
            client.Interrupted += (_, _) => interruptions++;
            await using var feed = client.FollowAsync(new Wire.StreamEventsRequest()).GetAsyncEnumerator();
            var numbers = new List<ulong>();
            await NextAsync(feed, Wire.StreamEventsResponse.MessageOneofCase.CaughtUp);

            await SubmitAsync(1);
            numbers.Add((await NextAsync(feed, Wire.StreamEventsResponse.MessageOneofCase.Event)).Event.Position.Number);
            await server.DisposeAsync();
            server = await TestServer.StartAsync(data, settings: "Server:Grpc=" + address.Authority);
            await SubmitAsync(2);
            numbers.Add((await NextAsync(feed, Wire.StreamEventsResponse.MessageOneofCase.Event)).Event.Position.Number);

            Assert.Equal([1ul, 2ul], numbers);
            Assert.True(interruptions > 0);

            async Task SubmitAsync(int number) =>
                await new Wire.ReportingService.ReportingServiceClient(server.Native)
                    .SubmitReportAsync(SampleReports.Request($"https://feed-{number}.example"));
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }
    }

    [Theory]
    [InlineData(HttpProtocols.Http2, TelemetryTransport.Grpc)]
    [InlineData(HttpProtocols.Http1, TelemetryTransport.GrpcWeb)]
    public async Task A_connection_without_a_sign_of_life_for_three_intervals_is_given_up_for_a_new_one(
        HttpProtocols protocols, TelemetryTransport transport)
    {
        var time = new WatchedTime();
        var calls = 0;
        await using var server = await FakeServer.StartAsync(protocols, async context =>
        {
            // Says hello, and is then forgotten by whatever lies between.
            var hello = new Wire.StreamEventsResponse
            {
                Hello = new Wire.Hello
                {
                    StartingAfter = new Wire.FeedPosition { Cursor = "c", Number = (ulong)Interlocked.Increment(ref calls) },
                    HeartbeatInterval = new() { Seconds = 20 },
                },
            }.ToByteArray();
            context.Response.ContentType = transport == TelemetryTransport.Grpc ? "application/grpc" : "application/grpc-web";
            await context.Response.Body.WriteAsync((byte[])[0, 0, 0, 0, (byte)hello.Length, .. hello]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var channel = TelemetryChannel.For(server.Address, transport);
        var client = new FeedClient(channel, "token", time);
        var reasons = new List<string>();
        client.Interrupted += (_, reason) => reasons.Add(reason);
        await using var feed = client.FollowAsync(new Wire.StreamEventsRequest()).GetAsyncEnumerator();
        await NextAsync(feed, Wire.StreamEventsResponse.MessageOneofCase.Hello);

        var again = feed.MoveNextAsync().AsTask();
        await time.IsSetAsync(TimeSpan.FromSeconds(60));
        time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromTicks(1));
        Assert.Empty(reasons);
        time.Advance(TimeSpan.FromTicks(1));
        await time.IsSetAsync(TimeSpan.FromMilliseconds(250));
        time.Advance(TimeSpan.FromMilliseconds(250));

        Assert.True(await Patience.For(again, "there is a new connection"));
        Assert.Equal(2ul, feed.Current.Hello.StartingAfter.Number);
        Assert.Equal("No sign of life from the server for 60 seconds.", Assert.Single(reasons));
    }

    [Fact]
    public async Task Events_that_went_while_the_connection_was_lost_are_told_as_a_gap()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-client-").FullName;
        var server = await TestServer.StartAsync(data);
        try
        {
            var address = new Uri("http://" + server.Native.Target);
            using var channel = TelemetryChannel.For(address);
            await using var feed = new FeedClient(channel, server.AdminToken)
                .FollowAsync(new Wire.StreamEventsRequest { Beginning = new() }).GetAsyncEnumerator();
            await SubmitAsync(1);
            Assert.Equal(1ul, (await NextAsync(feed, Wire.StreamEventsResponse.MessageOneofCase.Event)).Event.Position.Number);
            await server.DisposeAsync();

            // Elsewhere, where the reader does not find it.
            server = await TestServer.StartAsync(data);
            for (var number = 2; number <= 6; number++)
            {
                await SubmitAsync(number);
            }

            await server.Store.DropThroughAsync(4, CancellationToken.None);
            await server.DisposeAsync();
            server = await TestServer.StartAsync(data, settings: "Server:Grpc=" + address.Authority);

            var gap = (await NextAsync(feed, Wire.StreamEventsResponse.MessageOneofCase.Gap)).Gap;
            Assert.Equal((2ul, 4ul, Wire.GapReason.Retention), (gap.FromNumber, gap.ToNumber, gap.Reason));
            Assert.Equal(5ul, (await NextAsync(feed, Wire.StreamEventsResponse.MessageOneofCase.Event)).Event.Position.Number);
            Assert.Equal(6ul, (await NextAsync(feed, Wire.StreamEventsResponse.MessageOneofCase.Event)).Event.Position.Number);

            async Task SubmitAsync(int number) =>
                await new Wire.ReportingService.ReportingServiceClient(server.Native)
                    .SubmitReportAsync(SampleReports.Request($"https://gap-{number}.example"));
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task What_waiting_cannot_mend_ends_the_feed_with_the_servers_words()
    {
        await using var server = await TestServer.StartAsync();
        using var channel = TelemetryChannel.For(new Uri("http://" + server.Native.Target));

        var wrongToken = await Assert.ThrowsAsync<FeedRefusedException>(() => FirstAsync("wrong", new()));
        var unknown = await Assert.ThrowsAsync<FeedRefusedException>(() => FirstAsync(
            server.AdminToken, new() { After = FeedCursor.Of(new FeedPosition(1, 7)) }));

        Assert.Equal(StatusCode.Unauthenticated, wrongToken.Status);
        Assert.Equal("POSITION_UNKNOWN", unknown.Reason);
        Assert.Contains("never reached", unknown.Message, StringComparison.Ordinal);

        async Task FirstAsync(string token, Wire.StreamEventsRequest request)
        {
            await foreach (var _ in new FeedClient(channel, token).FollowAsync(request))
            {
                return;
            }
        }
    }

    private static async Task<Wire.StreamEventsResponse> NextAsync(
        IAsyncEnumerator<Wire.StreamEventsResponse> feed, Wire.StreamEventsResponse.MessageOneofCase kind)
    {
        do
        {
            Assert.True(await Patience.For(feed.MoveNextAsync().AsTask(), kind.ToString()));
        }
        while (feed.Current.MessageCase != kind);

        return feed.Current;
    }

    /// <summary>A clock that tells which timers are set.</summary>
    private sealed class WatchedTime : FakeTimeProvider
    {
        private readonly Channel<TimeSpan> _set = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _set.Writer.TryWrite(dueTime);
            return timer;
        }

        public async Task IsSetAsync(TimeSpan due)
        {
            while (await Patience.For(_set.Reader.ReadAsync().AsTask(), $"a timer of {due} is set") != due)
            {
            }
        }
    }
}
