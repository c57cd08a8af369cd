using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Telemetry.Server.Tests.Rpc;

/// <summary>Bytes that are no message are the caller's mistake, not the server's failure.</summary>
public sealed class MalformedRequestTests
{
    public static TheoryData<string, byte[]> Frames => new()
    {
        { "message that does not parse", [0, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "group without end", [0, 0, 0, 0, 1, 0x0B] },
        { "text that is no UTF-8", [0, 0, 0, 0, 6, 0x0A, 4, 0x0A, 2, 0xC3, 0x28] },
        { "truncated header", [0, 0, 0] },
        { "truncated message", [0, 0, 0, 0, 9, 1] },
        { "no message", [] },
        { "two messages", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "unknown flag", [7, 0, 0, 0, 0] },
        { "compressed without encoding", [1, 0, 0, 0, 0] },
        { "length beyond any limit", [0, 0xFF, 0xFF, 0xFF, 0xFF] },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task Over_native_gRPC_it_is_an_invalid_argument_with_details_and_logs_no_error(string name, byte[] body)
    {
        Assert.NotEmpty(name);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri("http://" + server.Native.Target) };
        using var request = Post(body, "application/grpc", HttpVersion.Version20);

        using var response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();

        var headers = response.TrailingHeaders.Contains("grpc-status")
            ? response.TrailingHeaders
            : (HttpHeaders)response.Headers;
        Assert.Equal("3", headers.GetValues("grpc-status").Single());
        Assert.NotEmpty(headers.GetValues("grpc-status-details-bin").Single());
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task Over_gRPC_Web_it_is_an_invalid_argument_as_well(string name, byte[] body)
    {
        Assert.NotEmpty(name);
        await using var server = await TestServer.StartAsync();
        using var request = Post(body, "application/grpc-web", HttpVersion.Version11);

        using var response = await server.HttpClient.SendAsync(request);

        var text = Encoding.ASCII.GetString(await response.Content.ReadAsByteArrayAsync()) + response.Headers;
        Assert.Contains("grpc-status: 3", text.Replace("grpc-status:3", "grpc-status: 3", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compression_is_not_spoken_so_nothing_small_can_hide_something_huge()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri("http://" + server.Native.Target) };
        using var request = Post([1, 0, 0, 0, 1, 0], "application/grpc", HttpVersion.Version20);
        request.Headers.Add("grpc-encoding", "gzip");

        using var response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();

        var headers = response.TrailingHeaders.Contains("grpc-status")
            ? response.TrailingHeaders
            : (HttpHeaders)response.Headers;
        Assert.Equal("12", headers.GetValues("grpc-status").Single());
    }

    private static HttpRequestMessage Post(byte[] body, string mediaType, Version version)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/telemetry.v1.ReportingService/SubmitReport")
        {
            Content = new ByteArrayContent(body),
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        return request;
    }
}
