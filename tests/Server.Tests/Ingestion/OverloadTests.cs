using System.Net;
using System.Text;
using Grpc.Core;
using Grpc.Health.V1;
using Google.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Ingestion;

/// <summary>Too much at once, a store that cannot commit, and reports that are repeated.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task When_the_queue_is_full_callers_are_refused_at_once_and_those_in_it_are_served()
    {
        await using var server = await TestServer.StartAsync(
            settings: ["Ingestion:QueueCapacity=4", "Ingestion:MaxBatch=1"]);
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        server.HeldStore.Hold();
        var first = client.SubmitReportAsync(SampleReports.Request("https://full-0.example")).ResponseAsync;
        await server.HeldStore.CommitIsHeld.WaitAsync(Patience.Limit);
        // One is with the store; of five more four find a place. Calls overtake each other, so any may be refused.
        var calls = Enumerable.Range(1, 5)
            .Select(i => client.SubmitReportAsync(SampleReports.Request($"https://full-{i}.example")).ResponseAsync)
            .ToList();
        var refused = await Patience.For(Task.WhenAny(calls), "a refusal");
        calls.Remove(refused);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => refused);

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal("OVERLOADED", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal(10, refusal.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.Seconds);
        using var response = await PostAsync(server);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), response.Headers.RetryAfter!.Delta);

        server.HeldStore.Release();
        foreach (var call in calls.Prepend(first))
        {
            Assert.NotNull((await Patience.For(call, "a receipt")).Receipt);
        }
    }

    [Fact]
    public async Task Reports_of_one_request_find_a_place_together_or_none_does()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:QueueCapacity=4");
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        server.HeldStore.Hold();
        var first = client.SubmitReportAsync(SampleReports.Request("https://first.example")).ResponseAsync;
        await server.HeldStore.CommitIsHeld.WaitAsync(Patience.Limit);
        // Six go beyond a queue of four that is empty; whichever request comes second finds it full.
        var calls = Enumerable.Range(1, 2).Select(call => client.SubmitReportsAsync(new Wire.SubmitReportsRequest
        {
            Reports = { Enumerable.Range(0, 6).Select(i => SampleReports.Of($"https://many-{call}-{i}.example")) },
        }).ResponseAsync).ToList();
        var second = await Patience.For(Task.WhenAny(calls), "a refusal");
        calls.Remove(second);

        Assert.All((await second).Results, result =>
        {
            Assert.Equal((int)StatusCode.ResourceExhausted, result.Status.Code);
            Assert.Equal("OVERLOADED", result.Status.GetDetail<ErrorInfo>()!.Reason);
        });

        server.HeldStore.Release();
        await Patience.For(first, "a receipt");
        var accepted = await Patience.For(calls.Single(), "receipts");
        Assert.Equal([2UL, 3, 4, 5, 6, 7], accepted.Results.Select(result => result.Receipt.Number));
    }

    [Fact]
    public async Task When_the_store_cannot_commit_senders_are_told_health_says_so_and_reading_goes_on()
    {
        await using var server = await TestServer.StartAsync();
        server.ExpectsErrors = true;
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        await client.SubmitReportAsync(SampleReports.Request("https://before.example"));
        // What this token already reads is in the audit log; of another nothing could be recorded.
        using (var before = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() }))
        {
            Assert.Single(await before.EventsThroughAsync(1));
        }

        server.HeldStore.Broken = "No space left on device";

        var refusal = await RefusalOf(client.SubmitReportAsync(SampleReports.Request("https://during.example")));
        using var response = await PostAsync(server);
        using var unhealthy = await server.HttpClient.GetAsync("/healthz");

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("STORE_UNAVAILABLE", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unhealthy.StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await HealthAsync(server, "telemetry.v1.ReportingService"));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await HealthAsync(server, "telemetry.v1.FeedService"));
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
        Assert.Single(await feed.EventsThroughAsync(1));

        server.HeldStore.Broken = null;
        Assert.NotNull((await client.SubmitReportAsync(SampleReports.Request("https://during.example"))).Receipt);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await HealthAsync(server, "telemetry.v1.ReportingService"));
    }

    [Fact]
    public async Task A_repeated_report_gets_the_same_receipt_and_is_counted_once_even_after_a_newer_one()
    {
        await using var server = await TestServer.StartAsync();
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        var first = SampleReports.Request();
        var receipt = (await client.SubmitReportAsync(first)).Receipt;

        var atOnce = (await client.SubmitReportAsync(first)).Receipt;
        server.Time.Advance(TimeSpan.FromHours(1));
        await client.SubmitReportAsync(SampleReports.Request());
        server.Time.Advance(TimeSpan.FromHours(1));
        var later = (await client.SubmitReportAsync(first)).Receipt;

        Assert.Equal(receipt, atOnce);
        Assert.Equal(receipt, later);
        Assert.Equal(2, server.Store.Current.Number);
    }

    [Fact]
    public async Task A_lone_caller_never_waits_for_others_to_gather()
    {
        // The clock stands still, so whoever waited for it would wait for ever.
        await using var server = await TestServer.StartAsync(settings: "Ingestion:GatherInterval=00:00:01");
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        for (var i = 0; i < 5; i++)
        {
            var call = client.SubmitReportAsync(SampleReports.Request($"https://lone-{i}.example"));
            Assert.NotNull((await Patience.For(call.ResponseAsync, "a receipt")).Receipt);
        }
    }

    [Fact]
    public async Task A_second_report_within_the_hour_is_told_when_the_next_is_welcome()
    {
        await using var server = await TestServer.StartAsync();
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        await client.SubmitReportAsync(SampleReports.Request());
        server.Time.Advance(TimeSpan.FromMinutes(20));

        var refusal = await RefusalOf(client.SubmitReportAsync(SampleReports.Request()));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal("REPORTED_RECENTLY", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal(TimeSpan.FromMinutes(40), refusal.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        Assert.Contains("already reported at 12:00 UTC. The next report is welcome after 13:00 UTC.", refusal.Status.Detail, StringComparison.Ordinal);
    }

    private static async Task<RpcException> RefusalOf(AsyncUnaryCall<Wire.SubmitReportResponse> call) =>
        await Assert.ThrowsAsync<RpcException>(async () => await call);

    private static async Task<HealthCheckResponse.Types.ServingStatus> HealthAsync(TestServer server, string service) =>
        (await new Health.HealthClient(server.Native).CheckAsync(new HealthCheckRequest { Service = service })).Status;

    private static Task<HttpResponseMessage> PostAsync(TestServer server) => server.HttpClient.PostAsync(
        "/api/telemetry/roomvox", new StringContent(
            $$"""{"instanceHash":"{{SampleReports.HashOf("https://post.example")}}","version":"1.4.0"}""",
            Encoding.UTF8, "application/json"));
}
