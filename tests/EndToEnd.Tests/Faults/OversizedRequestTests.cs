using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Telemetry.Testing;
using Telemetry.Testing.Sockets;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>Heads and bodies far beyond every limit: refused with the right status, in bounded memory, and nothing in the log.</summary>
public sealed class OversizedRequestTests : IAsyncLifetime
{
    private const string Report = "/telemetry.v1.ReportingService/SubmitReport";
    private const string Post = "POST /api/telemetry/roomvox HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

    /// <summary>docs/operations/limits.md states it.</summary>
    private const long MostMegabytes = 250;

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-oversized-").FullName;
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync(_data);

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        Directory.Delete(_data, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Heads_and_bodies_over_HTTP_1_are_refused()
    {
        Assert.Contains(" 431 ", await AnswerAsync($"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Large: {new string('a', 1_000_000)}\r\n\r\n"), StringComparison.Ordinal);
        var many = new StringBuilder("GET /healthz HTTP/1.1\r\nHost: a\r\n");
        for (var i = 0; i < 100_000; i++)
        {
            many.Append(null, $"X-{i}: {i}\r\n");
        }

        Assert.Contains(" 431 ", await AnswerAsync(many.Append("\r\n").ToString()), StringComparison.Ordinal);
        Assert.Contains(" 414 ", await AnswerAsync($"GET /{new string('a', 1_000_000)} HTTP/1.1\r\nHost: a\r\n\r\n"), StringComparison.Ordinal);
        Assert.Contains(" 413 ", await AnswerAsync(Post + "Content-Length: 100000000000\r\n\r\n"), StringComparison.Ordinal);
        Assert.Contains(" 400 ", await AnswerAsync(Json(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000))), StringComparison.Ordinal);
        Assert.Contains(" 400 ", await AnswerAsync(Json(new string('[', 60_000))), StringComparison.Ordinal);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_body_of_chunks_without_an_end_is_refused_long_before_it_fills_the_memory()
    {
        using var connection = await RawConnection.OpenAsync(_server.Http);
        var answer = connection.ReadToEndAsync();
        await connection.SendAsync(Post + "Transfer-Encoding: chunked\r\n\r\n");
        var sent = await SendUntilEndedAsync(Encoding.ASCII.GetBytes("10000\r\n" + new string(' ', 0x10000) + "\r\n"), answer, bytes => connection.SendAsync(bytes));

        Assert.Contains(" 413 ", await answer, StringComparison.Ordinal);
        Figures.Tell($"An endless body was ended after {sent / 1024} KB.");
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task Continuations_without_an_end_and_heads_too_large_over_HTTP_2_are_refused()
    {
        using (var http2 = await RawHttp2.OpenAsync(_server.Grpc))
        {
            var ended = http2.ReadToEndAsync();
            await http2.SendAsync(RawHttp2.Frame(RawHttp2.Headers, 0, 1, RawHttp2.CallOf(Report)));
            var sent = await SendUntilEndedAsync(
                RawHttp2.Frame(RawHttp2.Continuation, 0, 1, RawHttp2.Head(("x-large", new string('a', 10_000)))), ended, bytes => http2.SendAsync(bytes));
            var code = await Patience.For(ended, "the server ends a head without an end");
            Figures.Tell($"Continuations without an end were ended with {code} after {sent / 1024} KB.");
        }

        // As many empty ones as anybody likes are no head either: its 15 seconds go on.
        using (var http2 = await RawHttp2.OpenAsync(_server.Grpc))
        {
            var ended = http2.ReadToEndAsync();
            await http2.SendAsync(RawHttp2.Frame(RawHttp2.Headers, 0, 1, RawHttp2.CallOf(Report)));
            var frames = Enumerable.Repeat(RawHttp2.Frame(RawHttp2.Continuation, 0, 1, []), 1_000).SelectMany(frame => frame).ToArray();
            var start = TimeProvider.System.GetTimestamp();
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            var sent = await SendUntilEndedAsync(frames, ended, async bytes =>
            {
                await pace.WaitForNextTickAsync();
                await http2.SendAsync(bytes);
            });
            await Patience.For(ended, "the server ends a head of empty frames");
            Figures.Tell($"Empty continuations were ended after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s and {sent / 9} frames.");
        }

        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("/telemetry.v1.ReportingService/SubmitReport", 0xFFFF_FFFF, StatusCode.InvalidArgument)]
    [InlineData("/telemetry.v1.ReportingService/SubmitReport", 0x7FFF_FFFF, StatusCode.ResourceExhausted)]
    [InlineData("/telemetry.v1.ReportingService/SubmitReports", 0x7FFF_FFFF, StatusCode.ResourceExhausted)]
    [InlineData("/telemetry.v1.FeedService/StreamEvents", 0x7FFF_FFFF, StatusCode.Unauthenticated)]
    public async Task A_message_that_announces_gigabytes_is_refused_before_anything_is_kept_for_it(string method, uint length, StatusCode expected)
    {
        using var handler = new SocketsHttpHandler();
        using var client = new HttpClient(handler) { BaseAddress = _server.Grpc };
        for (var i = 0; i < 20; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, method)
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, 1, 2, 3]),
            };
            request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
            request.Headers.TryAddWithoutValidation("te", "trailers");
            using var response = await Patience.For(client.SendAsync(request), "an answer");
            await response.Content.ReadAsByteArrayAsync();
            var status = response.TrailingHeaders.Concat(response.Headers).Where(header => header.Key == "grpc-status").SelectMany(header => header.Value).FirstOrDefault();
            Assert.True(status == ((int)expected).ToString(CultureInfo.InvariantCulture), response.ToString());
        }

        await AssertUnharmedAsync();
    }

    private static string Json(string body) => $"{Post}Content-Length: {body.Length}\r\n\r\n{body}";

    private async Task<string> AnswerAsync(string request)
    {
        using var connection = await RawConnection.OpenAsync(_server.Http);
        var answer = connection.ReadUntilAsync("\r\n");
        try
        {
            await connection.SendAsync(request);
        }
        catch (SocketException)
        {
            // It was refused before all of it was there.
        }

        return await answer;
    }

    private static async Task<long> SendUntilEndedAsync(byte[] piece, Task ended, Func<byte[], Task> send)
    {
        long sent = 0;
        try
        {
            while (!ended.IsCompleted && sent < 1L << 30)
            {
                await send(piece);
                sent += piece.Length;
            }
        }
        catch (SocketException)
        {
            // The server has ended it.
        }

        return sent;
    }

    private async Task AssertUnharmedAsync()
    {
        using var caller = new CallerAt("127.0.7.7", _server.Grpc, _server.Http);
        Assert.NotNull((await caller.Reporting.SubmitReportAsync(SampleReports.Request())).Receipt);
        Figures.Tell($"Memory at most {_server.PeakMegabytes} MB.");
        Assert.InRange(_server.PeakMegabytes, 1, MostMegabytes);
        Assert.Empty(_server.LinesSinceReady);
    }
}
