using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Tests.Access;

namespace Telemetry.Dashboard.Tests.Data;

public sealed class GrpcWebTests
{
    private static readonly GetServerInfoResponse Info = new() { Version = "1.2.3" };

    [Fact]
    public async Task A_call_sends_its_message_in_a_frame_with_the_headers_and_reads_the_one_message_back()
    {
        HttpRequestMessage? sent = null;
        byte[] body = [];
        var client = Client(async request =>
        {
            (sent, body) = (request, await request.Content!.ReadAsByteArrayAsync());
            return Answer([.. Frame(Info), .. Trailers("grpc-status: 0")]);
        });

        var answer = await client.GetServerInfoAsync(new(), new Metadata { { "authorization", "Bearer of" } });

        Assert.Equal(Info, answer);
        Assert.Equal("http://fleet.test/telemetry.v1.AdminService/GetServerInfo", sent!.RequestUri!.ToString());
        Assert.Equal("application/grpc-web", sent.Content!.Headers.ContentType!.ToString());
        Assert.Equal("Bearer of", sent.Headers.GetValues("authorization").Single());
        Assert.Equal(new byte[5], body);
    }

    [Fact]
    public async Task A_stream_is_read_message_by_message_wherever_the_network_cuts_it()
    {
        var pipe = new Pipe();
        using var call = Feed(_ => Answer(pipe.Reader.AsStream()));
        byte[] whole = [.. Frame(new StreamEventsResponse { Heartbeat = new() }), .. Frame(new StreamEventsResponse { CaughtUp = new() }), .. Trailers("grpc-status: 0")];

        var read = ReadAllAsync(call.ResponseStream);
        foreach (var one in whole)
        {
            await pipe.Writer.WriteAsync(new[] { one });
        }

        Assert.Equal([StreamEventsResponse.MessageOneofCase.Heartbeat, StreamEventsResponse.MessageOneofCase.CaughtUp], await read);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_message_is_there_before_the_next_one_comes()
    {
        var pipe = new Pipe();
        using var call = Feed(_ => Answer(pipe.Reader.AsStream()));

        await pipe.Writer.WriteAsync(Frame(new StreamEventsResponse { Heartbeat = new() }));

        Assert.True(await call.ResponseStream.MoveNext());
        Assert.NotNull(call.ResponseStream.Current.Heartbeat);
    }

    [Theory]
    [InlineData("grpc-status: 16\r\ngrpc-message: The token is not known%2C sign in again.", StatusCode.Unauthenticated, "The token is not known, sign in again.")]
    [InlineData("GRPC-Status:5\r\n", StatusCode.NotFound, "")]
    [InlineData("grpc-message: no status", StatusCode.Unknown, "The answer has no status.")]
    public async Task A_refusal_in_the_trailers_is_told_with_the_servers_words(string trailers, StatusCode code, string words)
    {
        var e = await RefusalAsync(() => Answer(Trailers(trailers)));

        Assert.Equal((code, words), (e.StatusCode, e.Status.Detail));
    }

    [Fact]
    public async Task A_refusal_in_the_headers_is_told_with_the_servers_words_and_its_binary_details()
    {
        var e = await RefusalAsync(() =>
        {
            var answer = Answer([]);
            answer.Headers.Add("grpc-status", "7");
            answer.Headers.Add("grpc-message", "Needs another scope.");
            answer.Headers.Add("grpc-status-details-bin", "CAc");
            return answer;
        });

        Assert.Equal((StatusCode.PermissionDenied, "Needs another scope."), (e.StatusCode, e.Status.Detail));
        Assert.Equal([8, 7], e.Trailers.GetValueBytes("grpc-status-details-bin")!);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadGateway, StatusCode.Unavailable)]
    [InlineData(HttpStatusCode.TooManyRequests, StatusCode.Unavailable)]
    [InlineData(HttpStatusCode.Unauthorized, StatusCode.Unauthenticated)]
    [InlineData(HttpStatusCode.Forbidden, StatusCode.PermissionDenied)]
    [InlineData(HttpStatusCode.NotFound, StatusCode.Unimplemented)]
    [InlineData(HttpStatusCode.InternalServerError, StatusCode.Unknown)]
    public async Task What_a_proxy_answers_becomes_the_status_that_the_protocol_has_for_it(HttpStatusCode answered, StatusCode code) =>
        Assert.Equal(code, (await RefusalAsync(() => new HttpResponseMessage(answered))).StatusCode);

    [Fact]
    public async Task An_answer_that_ends_within_a_message_or_before_its_status_counts_as_no_server()
    {
        foreach (var cut in new[] { Frame(Info)[..^1], Frame(Info), [0, 0], [] })
        {
            var e = await RefusalAsync(() => Answer(cut));

            Assert.Equal(StatusCode.Unavailable, e.StatusCode);
            Assert.True(Failure.Of(e).IsUnreachable);
        }
    }

    [Fact]
    public async Task What_is_not_gRPC_Web_is_refused_and_not_waited_for()
    {
        var e = await RefusalAsync(() => Answer(Encoding.UTF8.GetBytes("<html>A page for people.</html>")));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task A_server_that_nobody_reaches_is_told_as_unreachable()
    {
        var e = await RefusalAsync(() => throw new HttpRequestException("TypeError: Failed to fetch"));

        Assert.True(Failure.Of(e).IsUnreachable);
    }

    [Fact]
    public async Task A_call_without_a_message_is_the_servers_fault() =>
        Assert.Equal(StatusCode.Internal, (await RefusalAsync(() => Answer(Trailers("grpc-status: 0")))).StatusCode);

    [Fact]
    public async Task Whoever_cancels_or_leaves_ends_a_silent_stream()
    {
        using var cancellation = new CancellationTokenSource();
        using var canceled = Feed(_ => Answer(new Pipe().Reader.AsStream()), cancellation.Token);
        var left = Feed(_ => Answer(new Pipe().Reader.AsStream()));
        Task<bool>[] waiting = [canceled.ResponseStream.MoveNext(), left.ResponseStream.MoveNext()];

        await cancellation.CancelAsync();
        left.Dispose();

        foreach (var wait in waiting)
        {
            Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => wait)).StatusCode);
        }
    }

    private static async Task<RpcException> RefusalAsync(Func<HttpResponseMessage> answer) =>
        await Assert.ThrowsAsync<RpcException>(async () => await Client(_ => Task.FromResult(answer())).GetServerInfoAsync(new()));

    private static async Task<List<StreamEventsResponse.MessageOneofCase>> ReadAllAsync(IAsyncStreamReader<StreamEventsResponse> stream)
    {
        var read = new List<StreamEventsResponse.MessageOneofCase>();
        while (await stream.MoveNext(CancellationToken.None))
        {
            read.Add(stream.Current.MessageCase);
        }

        return read;
    }

    private static AdminService.AdminServiceClient Client(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) => new(Invoker(answer));

    private static AsyncServerStreamingCall<StreamEventsResponse> Feed(
        Func<HttpRequestMessage, HttpResponseMessage> answer, CancellationToken cancellationToken = default) =>
        new FeedService.FeedServiceClient(Invoker(request => Task.FromResult(answer(request))))
            .StreamEvents(new(), cancellationToken: cancellationToken);

    private static GrpcWebInvoker Invoker(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) =>
        new(new FetchingFrom(new Server(answer)));

    private static HttpResponseMessage Answer(byte[] body) => Answer(new MemoryStream(body));

    private static HttpResponseMessage Answer(Stream body) => new(HttpStatusCode.OK) { Content = new StreamContent(body) };

    private static byte[] Frame(IMessage message) => Frame(0, message.ToByteArray());

    private static byte[] Trailers(string lines) => Frame(0x80, Encoding.ASCII.GetBytes(lines));

    private static byte[] Frame(byte flag, byte[] bytes)
    {
        var frame = new byte[5 + bytes.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        return frame;
    }

    private sealed class Server(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request);
    }
}
