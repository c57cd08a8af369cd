using Grpc.Core;
using Telemetry.Contracts.V1;
using Telemetry.Server.Insights;

namespace Telemetry.Server.Tests.Insights;

/// <summary>Watchers of questions over the wire.</summary>
public sealed class WatchedQuestionTests
{
    private static readonly WatchQueryRequest Known = new() { Query = new QueryRequest { Population = new Population { Activity = Activity.Known } } };

    [Fact]
    public async Task Watchers_of_one_question_share_its_answers_and_leave_nothing_behind()
    {
        await using var server = await TestServer.StartAsync();
        var insights = new InsightsService.InsightsServiceClient(server.Native);
        await SendAsync(server, "one");
        using var first = insights.WatchQuery(Known, server.Authorized);
        using var second = insights.WatchQuery(Known, server.Authorized);
        using var other = insights.WatchQuery(new WatchQueryRequest { Query = new QueryRequest { Population = new Population { Activity = Activity.New } } }, server.Authorized);
        AsyncServerStreamingCall<WatchQueryResponse>[] calls = [first, second, other];
        var answers = new List<WatchedAnswer>();
        foreach (var call in calls)
        {
            answers.Add(new WatchedAnswer());
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            answers[^1].Take(call.ResponseStream.Current);
            Assert.Equal(1, answers[^1].Current!.Total.Figures[0].Values[0]);
        }

        Assert.Equal(2, server.Part<WatchedQuestions<QueryResponse>>().Count);
        await SendAsync(server, "two");
        for (var i = 0; i < calls.Length; i++)
        {
            var moved = calls[i].ResponseStream.MoveNext(CancellationToken.None);
            Assert.True(await Patience.For(moved, () => server.Time.Advance(TimeSpan.FromMilliseconds(250)), "the answer with the second one"));
            answers[i].Take(calls[i].ResponseStream.Current);
            Assert.Equal(2, answers[i].Current!.Total.Figures[0].Values[0]);
        }

        Array.ForEach(calls, call => call.Dispose());
        await Patience.Until(() => server.Part<WatchedQuestions<QueryResponse>>().Count == 0, "nobody watches any more");
    }

    [Fact]
    public async Task A_watcher_beyond_the_most_is_told_to_come_back_and_finds_the_place_that_another_left()
    {
        await using var server = await TestServer.StartAsync(settings: ["Insights:MaxWatchers=1"]);
        var insights = new InsightsService.InsightsServiceClient(server.Native);
        using (var first = insights.WatchQuery(Known, server.Authorized))
        {
            Assert.True(await first.ResponseStream.MoveNext(CancellationToken.None));
            using var second = insights.WatchQuery(Known, server.Authorized);
            var refusal = await Assert.ThrowsAsync<RpcException>(() => second.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        }

        await Patience.Until(() => server.Part<WatchedQuestions<QueryResponse>>().Count == 0, "nobody watches any more");
        using var third = insights.WatchQuery(Known, server.Authorized);
        Assert.True(await third.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task A_watcher_of_what_does_not_change_hears_that_at_its_interval()
    {
        await using var server = await TestServer.StartAsync();
        var insights = new InsightsService.InsightsServiceClient(server.Native);
        var request = Known.Clone();
        request.HeartbeatInterval = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(10));
        using var call = insights.WatchQuery(request, server.Authorized);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var moved = call.ResponseStream.MoveNext(CancellationToken.None);
        Assert.True(await Patience.For(moved, () => server.Time.Advance(TimeSpan.FromSeconds(1)), "a sign of life"));
        Assert.Equal(WatchQueryResponse.MessageOneofCase.Unchanged, call.ResponseStream.Current.MessageCase);
    }

    private static async Task SendAsync(TestServer server, string name)
    {
        var response = await new ReportingService.ReportingServiceClient(server.Native).SubmitReportsAsync(
            new SubmitReportsRequest { Reports = { SampleReports.Of($"https://{name}.example") } });
        Assert.NotNull(response.Results[0].Receipt);
    }
}
