using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Access;

/// <summary>A stream lives no longer than the token that opened it.</summary>
public sealed class OpenStreamTests
{
    [Theory]
    [InlineData("feed")]
    [InlineData("watch")]
    public async Task Revoking_a_token_ends_its_streams_with_the_reason(string kind)
    {
        await using var server = await TestServer.StartAsync();
        var token = await server.MakeAsync(ScopeOf(kind));
        using var stream = await OpenAsync(server, kind, token.Secret);
        using var other = await OpenAsync(server, kind, server.AdminToken);

        await server.Access.RevokeTokenAsync(new() { TokenId = token.Id }, server.Authorized);

        var end = await EndOfAsync(stream);
        Assert.Equal((StatusCode.Unauthenticated, "TOKEN_REVOKED"), (end.StatusCode, Tokens.ReasonOf(end)));
        await AssertLivesAsync(server, other);
    }

    [Theory]
    [InlineData("feed")]
    [InlineData("watch")]
    public async Task A_token_that_expires_ends_its_streams(string kind)
    {
        await using var server = await TestServer.StartAsync();
        var token = await server.MakeAsync(ScopeOf(kind), end: server.Time.GetUtcNow().AddHours(30));
        using var stream = await OpenAsync(server, kind, token.Secret);

        var end = await Patience.For(EndOfAsync(stream), () => server.Time.Advance(TimeSpan.FromMinutes(1)), "the stream ends with its token");

        Assert.Equal((StatusCode.Unauthenticated, "TOKEN_EXPIRED"), (end.StatusCode, Tokens.ReasonOf(end)));
        Assert.True(server.Time.GetUtcNow() >= new DateTimeOffset(2026, 11, 21, 18, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task After_a_rotation_streams_of_the_secret_before_end_with_the_overlap_and_those_of_the_new_one_go_on()
    {
        await using var server = await TestServer.StartAsync();
        var token = await server.MakeAsync(Wire.Scope.Live);
        using var before = await OpenAsync(server, "feed", token.Secret);
        var rotated = await server.Access.RotateTokenAsync(
            new() { TokenId = token.Id, Overlap = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromHours(2)) }, server.Authorized);
        using var after = await OpenAsync(server, "feed", rotated.Secret);
        await AssertLivesAsync(server, before);

        var end = await Patience.For(EndOfAsync(before), () => server.Time.Advance(TimeSpan.FromMinutes(1)), "the overlap ends");

        Assert.Equal((StatusCode.Unauthenticated, "TOKEN_REPLACED"), (end.StatusCode, Tokens.ReasonOf(end)));
        await AssertLivesAsync(server, after);
    }

    [Fact]
    public async Task An_export_that_nobody_takes_ends_when_its_token_is_revoked()
    {
        await using var server = await TestServer.StartAsync();
        await SendAsync(server, 3_000);
        var token = await server.MakeAsync(Wire.Scope.Read);
        using var call = new Wire.InsightsService.InsightsServiceClient(server.Native).Export(new() { Reports = new() }, Tokens.Bearer(token.Secret));
        await Patience.For(call.ResponseHeadersAsync, "the export begins");

        await server.Access.RevokeTokenAsync(new() { TokenId = token.Id }, server.Authorized);

        var end = await Patience.For(EndOfAsync(call.ResponseStream), "the export ends");
        // Words would wait behind what the reader does not take: Kestrel resets the stream of a write that is called off.
        var isReset = end.StatusCode == StatusCode.Internal && end.Status.Detail.Contains("reset the stream", StringComparison.Ordinal);
        Assert.True(isReset || end.StatusCode == StatusCode.Cancelled || Tokens.ReasonOf(end) == "TOKEN_REVOKED", end.ToString());
    }

    private static Wire.Scope ScopeOf(string kind) => kind == "feed" ? Wire.Scope.Live : Wire.Scope.Read;

    /// <summary>Opens a stream and takes what comes before anything happens.</summary>
    private static async Task<OpenStream> OpenAsync(TestServer server, string kind, string secret)
    {
        if (kind == "feed")
        {
            var feed = new Wire.FeedService.FeedServiceClient(server.Native).StreamEvents(new Wire.StreamEventsRequest(), Tokens.Bearer(secret));
            return await OpenStream.BeginAsync(feed, feed.ResponseStream);
        }

        var watch = new Wire.InsightsService.InsightsServiceClient(server.Native).WatchQuery(new Wire.WatchQueryRequest(), Tokens.Bearer(secret));
        return await OpenStream.BeginAsync(watch, watch.ResponseStream);
    }

    private static async Task<RpcException> EndOfAsync(OpenStream stream) =>
        (RpcException)(await Patience.For(stream.End, "the stream ends"))!;

    private static async Task<RpcException> EndOfAsync<T>(IAsyncStreamReader<T> stream) => await Assert.ThrowsAsync<RpcException>(async () =>
    {
        while (await stream.MoveNext(CancellationToken.None))
        {
        }
    });

    /// <summary>Something is committed, and the stream tells of it.</summary>
    private static async Task AssertLivesAsync(TestServer server, OpenStream stream)
    {
        var before = stream.Taken;
        await SendAsync(server, 1);
        await Patience.Until(
            () =>
            {
                server.Time.Advance(TimeSpan.FromMilliseconds(100));
                return stream.Taken > before;
            },
            "the other stream goes on");
        Assert.False(stream.End.IsCompleted);
    }

    private static async Task SendAsync(TestServer server, int count)
    {
        for (var sent = 0; sent < count; sent += 1_000)
        {
            var answer = await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportsAsync(
                new() { Reports = { Enumerable.Range(0, Math.Min(1_000, count - sent)).Select(_ => SampleReports.Of($"https://{Guid.NewGuid():N}.example.org")) } });
            Assert.All(answer.Results, result => Assert.NotNull(result.Receipt));
        }
    }

    /// <summary>Takes whatever comes, until it ends.</summary>
    private sealed class OpenStream : IDisposable
    {
        private readonly IDisposable _call;
        private int _taken;

        private OpenStream(IDisposable call) => _call = call;

        public int Taken => Volatile.Read(ref _taken);

        public Task<Exception?> End { get; private set; } = Task.FromResult<Exception?>(null);

        public static async Task<OpenStream> BeginAsync<T>(IDisposable call, IAsyncStreamReader<T> answers)
        {
            var stream = new OpenStream(call);
            Assert.True(await Patience.For(answers.MoveNext(CancellationToken.None), "the stream begins"));
            stream.End = stream.TakeAsync(answers);
            return stream;
        }

        public void Dispose() => _call.Dispose();

        private async Task<Exception?> TakeAsync<T>(IAsyncStreamReader<T> answers)
        {
            try
            {
                while (await answers.MoveNext(CancellationToken.None))
                {
                    Interlocked.Increment(ref _taken);
                }

                return null;
            }
            catch (RpcException e)
            {
                return e;
            }
        }
    }
}
