using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Telemetry.Testing;
using Alpha = Grpc.Reflection.V1Alpha;
using Reflection = Grpc.Reflection.V1;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests.Start;

/// <summary>A server that is asked to stop ends what is open, with a reason; else it would wait half a minute for nothing.</summary>
public sealed class StopTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-stop-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Every_open_stream_is_told_that_the_server_stops()
    {
        using var server = await ServerProcess.StartAsync(_data);
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        using var reflection = new Reflection.ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await reflection.RequestStream.WriteAsync(new Reflection.ServerReflectionRequest { ListServices = "" });
        await Patience.For(reflection.ResponseStream.MoveNext(), "reflection answers");
        using var alpha = new Alpha.ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await alpha.RequestStream.WriteAsync(new Alpha.ServerReflectionRequest { ListServices = "" });
        await Patience.For(alpha.ResponseStream.MoveNext(), "old reflection answers");
        using var health = new Health.HealthClient(channel).Watch(new HealthCheckRequest());
        await Patience.For(health.ResponseStream.MoveNext(), "health answers");
        using var feed = new Wire.FeedService.FeedServiceClient(channel).StreamEvents(
            new Wire.StreamEventsRequest { Now = new() }, new Metadata { { "authorization", "Bearer " + server.AdminToken } });
        await Patience.For(feed.ResponseStream.MoveNext(), "the feed says hello");

        var stopping = server.StopAsync();

        await AssertStoppingAsync(feed.ResponseStream);
        await AssertStoppingAsync(reflection.ResponseStream);
        await AssertStoppingAsync(alpha.ResponseStream);
        await AssertStoppingAsync(health.ResponseStream);
        Assert.Equal(0, await stopping);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_does_not_hold_the_stop()
    {
        using var server = await ServerProcess.StartAsync(_data);
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        var reporting = new Wire.ReportingService.ReportingServiceClient(channel);
        for (var batch = 0; batch < 40; batch++)
        {
            await reporting.SubmitReportsAsync(new Wire.SubmitReportsRequest
            {
                Reports = { Enumerable.Range(0, 100).Select(i => SampleReports.Of($"https://frozen-{batch}-{i}.example")) },
            });
        }

        using var feed = new Wire.FeedService.FeedServiceClient(channel).StreamEvents(
            new Wire.StreamEventsRequest { Beginning = new() }, new Metadata { { "authorization", "Bearer " + server.AdminToken } });
        await Patience.For(feed.ResponseStream.MoveNext(), "the feed says hello");

        Assert.Equal(0, await server.StopAsync());
    }

    private static async Task AssertStoppingAsync<T>(IAsyncStreamReader<T> stream)
        where T : class
    {
        var end = await Assert.ThrowsAsync<RpcException>(() => Patience.For(ReadToEndAsync(stream), "the stream ends"));

        Assert.Equal(StatusCode.Unavailable, end.StatusCode);
        Assert.Contains("The server is stopping", end.Status.Detail, StringComparison.Ordinal);
    }

    private static async Task ReadToEndAsync<T>(IAsyncStreamReader<T> stream)
        where T : class
    {
        while (await stream.MoveNext())
        {
            // What was under way before.
        }
    }
}
