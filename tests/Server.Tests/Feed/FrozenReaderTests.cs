using Grpc.Core;
using Grpc.Net.Client;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Feed;

/// <summary>A reader that takes nothing, on its own connection, beside one that does.</summary>
public sealed class FrozenReaderTests
{
    [Fact]
    public async Task A_reader_that_takes_nothing_loses_its_place_after_the_stated_time()
    {
        await using var server = await TestServer.StartAsync(settings: ["Feed:MaxReaders=1", "Feed:WriteTimeout=00:00:30"]);
        var reporting = new Wire.ReportingService.ReportingServiceClient(server.Native);
        using var frozen = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
        await frozen.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Hello);
        // More than the buffers between the two hold.
        for (var batch = 0; batch < 8; batch++)
        {
            await reporting.SubmitReportsAsync(new()
            {
                Reports = { Enumerable.Range(0, 1000).Select(i => SampleReports.Of($"https://much-{batch}-{i}.example")) },
            });
        }

        using var next = GrpcChannel.ForAddress(server.Http2);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => FirstAsync());
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);

        Wire.StreamEventsResponse? hello = null;
        for (var patience = TimeProvider.System.GetTimestamp(); hello is null && TimeProvider.System.GetElapsedTime(patience) < Patience.Limit;)
        {
            server.Time.Advance(TimeSpan.FromSeconds(30));
            hello = await TryFirstAsync();
        }

        Assert.Equal(Wire.StreamEventsResponse.MessageOneofCase.Hello, hello?.MessageCase);

        async Task<Wire.StreamEventsResponse> FirstAsync()
        {
            using var reader = FeedReader.Open(server, new Wire.StreamEventsRequest { Now = new() }, next);
            return await reader.NextAsync();
        }

        async Task<Wire.StreamEventsResponse?> TryFirstAsync()
        {
            try
            {
                return await FirstAsync();
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task A_reader_that_takes_its_messages_keeps_its_place_however_long()
    {
        await using var server = await TestServer.StartAsync(settings: "Feed:WriteTimeout=00:00:30");
        using var reader = FeedReader.Open(server, new Wire.StreamEventsRequest { Now = new() });
        await reader.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Hello);
        await reader.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.CaughtUp);
        for (var i = 0; i < 5; i++)
        {
            // Again until it comes: the message before may be here while its writer has yet to look at the clock.
            await Patience.For(
                reader.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Heartbeat),
                () => server.Time.Advance(TimeSpan.FromMinutes(2)), "a heartbeat");
        }
    }

    [Fact]
    public async Task Streams_tell_proxies_not_to_hold_their_messages_back()
    {
        await using var server = await TestServer.StartAsync();
        var feed = new Wire.FeedService.FeedServiceClient(server.Web).StreamEvents(new() { Now = new() }, server.Authorized);
        using var watch = new Grpc.Health.V1.Health.HealthClient(server.Web).Watch(new());

        Assert.Equal("no", (await Patience.For(feed.ResponseHeadersAsync, "headers")).GetValue("x-accel-buffering"));
        Assert.Equal("no", (await Patience.For(watch.ResponseHeadersAsync, "headers")).GetValue("x-accel-buffering"));
        using var unary = new Wire.ReportingService.ReportingServiceClient(server.Web).SubmitReportAsync(SampleReports.Request());
        Assert.Null((await Patience.For(unary.ResponseHeadersAsync, "headers")).GetValue("x-accel-buffering"));
        feed.Dispose();
    }
}
