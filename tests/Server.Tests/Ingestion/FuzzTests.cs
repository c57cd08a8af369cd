using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Telemetry.Server.Tests.Compatibility;

namespace Telemetry.Server.Tests.Ingestion;

/// <summary>100,000 random and mutated bodies through the front door: 4xx or INVALID_ARGUMENT, never a failure.</summary>
public sealed class FuzzTests
{
    private const int JsonBodies = 50_000;
    private const int ProtoBodies = 50_000;
    private const int Callers = 8;

    [Fact]
    public async Task Fifty_thousand_JSON_bodies_never_cause_a_server_error_nor_harm_a_neighbor()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        var seeds = Recording.All.Select(recording => Encoding.UTF8.GetBytes(recording.Raw)).ToArray();

        var statuses = await RunAsync(JsonBodies, seeds, async body =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await server.HttpClient.PostAsync("/api/telemetry/roomvox", content);
            return (int)response.StatusCode;
        });

        Assert.Subset(new HashSet<int> { 200, 400, 413 }, statuses.Keys.ToHashSet());
        Assert.True(statuses[400] > JsonBodies / 4, "The mutations are too tame to prove anything.");
        await AssertNeighborAsync(server);
    }

    [Fact]
    public async Task Fifty_thousand_protobuf_bodies_never_cause_a_server_error_nor_harm_a_neighbor()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        using var client = new HttpClient { BaseAddress = server.Native.Target is { } target ? new Uri("http://" + target) : null };
        byte[][] seeds = [SampleReports.Request().ToByteArray(), SampleReports.Request("https://b.example").ToByteArray()];

        var statuses = await RunAsync(ProtoBodies, seeds, async body =>
        {
            using var content = new ByteArrayContent(Frame(body));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            using var request = new HttpRequestMessage(
                HttpMethod.Post, "/telemetry.v1.ReportingService/SubmitReport")
            {
                Content = content,
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            using var response = await client.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            var headers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : (HttpHeaders)response.Headers;
            return int.Parse(headers.GetValues("grpc-status").Single(), null);
        });

        Assert.Subset(new HashSet<int> { 0, 3 }, statuses.Keys.ToHashSet());
        Assert.True(statuses[3] > ProtoBodies / 4, "The mutations are too tame to prove anything.");
        await AssertNeighborAsync(server);
    }

    private static async Task<Dictionary<int, int>> RunAsync(int count, byte[][] seeds, Func<byte[], Task<int>> send)
    {
        var callers = Enumerable.Range(0, Callers).Select(async caller =>
        {
            await Task.Yield();
            var mutations = new Mutations(new Random(caller), seeds);
            var statuses = new List<int>();
            for (var i = 0; i < count / Callers; i++)
            {
                statuses.Add(await send(mutations.Next()));
            }

            return statuses;
        });
        return (await Task.WhenAll(callers)).SelectMany(statuses => statuses)
            .CountBy(status => status)
            .ToDictionary();
    }

    private static async Task AssertNeighborAsync(TestServer server)
    {
        var client = new Contracts.V1.ReportingService.ReportingServiceClient(server.Native);
        var response = await client.SubmitReportAsync(SampleReports.Request("https://neighbor.example"));
        Assert.Equal((ulong)server.Store.Current.Number, response.Receipt.Number);
    }

    private static byte[] Frame(byte[] message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }
}
