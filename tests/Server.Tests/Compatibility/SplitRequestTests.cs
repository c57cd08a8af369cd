using System.Net;
using System.Text;
using Telemetry.Testing.Sockets;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>A request whose bytes come in pieces is the same request.</summary>
public sealed class SplitRequestTests
{
    public static TheoryData<string> Paths => [.. DoorCalls.Paths];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Over_HTTP_1_1_split_at_any_byte_it_has_the_answer_of_the_whole(string path)
    {
        await using var server = await StartAsync();
        var body = DoorCalls.BodyOf(path);
        var request = Encoding.ASCII.GetBytes(DoorCalls.Head(path, $"Content-Length: {body.Length}") + body);
        var whole = await AnswerAsync(server, request, request.Length);
        Assert.StartsWith("HTTP/1.1 200 OK", whole, StringComparison.Ordinal);

        for (var cut = 1; cut < request.Length; cut++)
        {
            Assert.Equal(whole, await AnswerAsync(server, request, cut));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Over_HTTP_2_split_at_any_byte_it_has_the_answer_of_the_whole(string path)
    {
        await using var server = await StartAsync();
        var body = DoorCalls.BodyOf(path);
        RawConnection? connection = null;
        var whole = await Http2AnswerAsync(server, path, body, cuts: [], opened => connection = opened);
        Assert.StartsWith("OK", whole, StringComparison.Ordinal);
        var length = connection!.Sent;

        for (var cut = 1; cut < length; cut++)
        {
            Assert.Equal(whole, await Http2AnswerAsync(server, path, body, [cut]));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_body_that_waits_for_the_servers_consent_is_read(string path)
    {
        await using var server = await StartAsync();
        using var connection = await RawConnection.OpenAsync(server.Http);
        var body = DoorCalls.BodyOf(path);
        await connection.SendAsync(DoorCalls.Head(path, $"Content-Length: {body.Length}\r\nExpect: 100-continue"));

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await connection.ReadUntilAsync("\r\n\r\n"));
        await connection.SendAsync(body);

        Assert.StartsWith("HTTP/1.1 200 OK", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_body_that_comes_byte_by_byte_in_chunks_is_read(string path)
    {
        await using var server = await StartAsync();
        using var connection = await RawConnection.OpenAsync(server.Http);
        await connection.SendAsync(DoorCalls.Head(path, "Transfer-Encoding: chunked"));
        foreach (var letter in DoorCalls.BodyOf(path))
        {
            await server.Intake.TakesAsync(connection);
            await connection.SendAsync($"1\r\n{letter}\r\n");
        }

        await connection.SendAsync("0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }

    /// <summary>A key that is right: wrong ones are refused after a few.</summary>
    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        await server.IssueAsync(order => order.ExistingKey = DoorCalls.Key);
        return server;
    }

    private static async Task<string> AnswerAsync(TestServer server, byte[] request, int cut)
    {
        using var connection = await RawConnection.OpenAsync(server.Http);
        await connection.SendAsync(request.AsMemory(0, cut));
        if (cut < request.Length)
        {
            await server.Intake.TakesAsync(connection);
            await connection.SendAsync(request.AsMemory(cut));
        }

        return DoorCalls.WithoutIds(await connection.ReadToEndAsync());
    }

    private static async Task<string> Http2AnswerAsync(
        TestServer server, string path, string body, long[] cuts, Action<RawConnection>? opened = null)
    {
        using var client = new HttpClient(TornStream.Handler(new Tearing(cuts, server.Intake.TakesAsync), opened));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Http2, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var response = await Patience.For(client.SendAsync(request), "the answer");
        return $"{response.StatusCode} {DoorCalls.WithoutIds(await response.Content.ReadAsStringAsync())}";
    }
}
