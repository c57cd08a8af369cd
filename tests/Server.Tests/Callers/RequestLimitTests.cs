using System.Net;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Telemetry.Server.Callers;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Callers;

/// <summary>What one caller may send, and hold open, whatever it is.</summary>
public sealed class RequestLimitTests
{
    [Fact]
    public async Task Beyond_the_limit_every_door_says_when_to_come_back_and_others_are_served()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:RequestsPerMinute=3");
        using var caller = new CallerAt(server, "127.0.0.2");
        using var neighbor = new CallerAt(server, "127.0.0.3");
        for (var i = 0; i < 3; i++)
        {
            using var health = await caller.Http.GetAsync("/healthz");
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }

        server.Time.Advance(TimeSpan.FromSeconds(15));

        foreach (var channel in new[] { caller.Native, caller.Web })
        {
            var client = new Wire.ReportingService.ReportingServiceClient(channel);
            await AssertRefused(client.SubmitReportAsync(SampleReports.Request()).ResponseAsync);
            await AssertRefused(client.SubmitReportsAsync(new() { Reports = { SampleReports.Of() } }).ResponseAsync);
            await AssertRefused(new Wire.LicenseService.LicenseServiceClient(channel).GetSigningKeysAsync(new()).ResponseAsync);
            await AssertRefused(Watch(channel).ResponseStream.MoveNext(CancellationToken.None));
        }

        foreach (var path in new[] { "/api/telemetry/roomvox", "/api/licenses/validate", "/healthz", "/nowhere" })
        {
            using var response = await caller.Http.PostAsync(path, new StringContent("{}", null, "application/json"));
            var body = await response.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(45), response.Headers.RetryAfter!.Delta);
            Assert.Equal(
                "Too many requests come from this address. Try again in 45 seconds.",
                JsonDocument.Parse(body).RootElement.GetProperty("error").GetString());
            Assert.True(body.Length < 200);
        }

        Assert.NotNull((await neighbor.Reporting.SubmitReportAsync(SampleReports.Request())).Receipt);
        server.Time.Advance(TimeSpan.FromSeconds(45));
        Assert.NotNull((await caller.Reporting.SubmitReportAsync(SampleReports.Request("https://later.example"))).Receipt);

        static async Task AssertRefused(Task call)
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => Patience.For(call, "a refusal"));
            Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
            Assert.Equal("TOO_MANY_REQUESTS", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
            Assert.Equal(TimeSpan.FromSeconds(45), refusal.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        }
    }

    [Fact]
    public async Task Each_report_of_a_request_counts()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:RequestsPerMinute=10");
        using var caller = new CallerAt(server);
        var many = new Wire.SubmitReportsRequest
        {
            Reports = { Enumerable.Range(0, 9).Select(i => SampleReports.Of($"https://many-{i}.example")) },
        };
        Assert.All((await caller.Reporting.SubmitReportsAsync(many)).Results, result => Assert.NotNull(result.Receipt));

        Assert.NotNull((await caller.Reporting.SubmitReportAsync(SampleReports.Request())).Receipt);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await caller.Reporting.SubmitReportAsync(SampleReports.Request()));
        Assert.Equal("TOO_MANY_REQUESTS", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task Health_watches_and_reflection_have_so_many_places_and_no_more()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:StreamsAtOnce=2");
        using var caller = new CallerAt(server);
        using var neighbor = new CallerAt(server, "127.0.0.2");
        var first = Watch(caller.Native);
        await NextAsync(first);
        using var web = Watch(caller.Web);
        await NextAsync(web);

        using var third = Watch(caller.Native);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => NextAsync(third));
        using var reflection = new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(caller.Native).ServerReflectionInfo();
        var other = await Assert.ThrowsAsync<RpcException>(() => reflection.ResponseStream.MoveNext(CancellationToken.None));
        using var near = Watch(neighbor.Native);
        await NextAsync(near);

        Assert.Equal("TOO_MANY_REQUESTS", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal(StatusCode.ResourceExhausted, other.StatusCode);
        // What is no stream goes on.
        Assert.NotNull((await caller.Reporting.SubmitReportAsync(SampleReports.Request())).Receipt);
        first.Dispose();
        var limits = server.Services.GetRequiredService<CallerLimits>();
        await Patience.Until(() => limits.StreamsAtOnce.Open == 2, "the first watch has ended");
        using var again = Watch(caller.Native);
        await NextAsync(again);
    }

    [Fact]
    public async Task Requests_at_a_time_are_bounded_and_free_again_when_answered()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:RequestsAtOnce=2");
        using var caller = new CallerAt(server);
        using var neighbor = new CallerAt(server, "127.0.0.2");
        var limits = server.Services.GetRequiredService<CallerLimits>();
        server.HeldStore.Hold();
        var waiting = Enumerable.Range(0, 2)
            .Select(i => caller.Reporting.SubmitReportAsync(SampleReports.Request($"https://waits-{i}.example")).ResponseAsync).ToList();
        await Patience.Until(() => limits.RequestsAtOnce.Open == 2, "both wait for a commit");

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await caller.Reporting.SubmitReportAsync(SampleReports.Request()));
        using var health = await neighbor.Http.GetAsync("/healthz");
        server.HeldStore.Release();
        await Patience.For(Task.WhenAll(waiting), "their receipts");
        await Patience.Until(() => limits.RequestsAtOnce.Open == 0, "both are answered");

        Assert.Equal("TOO_MANY_REQUESTS", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.NotNull((await caller.Reporting.SubmitReportAsync(SampleReports.Request())).Receipt);
    }

    [Fact]
    public async Task Requests_with_many_reports_have_a_bound_of_their_own_because_they_are_large()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:BatchesAtOnce=1");
        using var caller = new CallerAt(server);
        server.HeldStore.Hold();
        var held = caller.Reporting.SubmitReportsAsync(new() { Reports = { SampleReports.Of("https://held.example") } }).ResponseAsync;
        await Patience.For(server.HeldStore.CommitIsHeld, "a commit");

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await caller.Reporting.SubmitReportsAsync(new() { Reports = { SampleReports.Of() } }));
        var single = caller.Reporting.SubmitReportAsync(SampleReports.Request()).ResponseAsync;
        server.HeldStore.Release();

        Assert.Equal("TOO_MANY_REQUESTS", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.NotNull((await Patience.For(single, "a receipt")).Receipt);
        Assert.NotNull((await Patience.For(held, "a receipt")).Results.Single().Receipt);
    }

    [Fact]
    public async Task A_single_message_that_no_app_sends_is_not_read_to_its_end()
    {
        await using var server = await TestServer.StartAsync();
        using var caller = new CallerAt(server);
        var huge = SampleReports.Request();
        huge.Report.AppVersion = new string('1', 200_000);

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await caller.Reporting.SubmitReportAsync(huge));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal("MESSAGE_TOO_LARGE", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task Connections_of_one_caller_are_bounded_and_those_of_others_go_on()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:ConnectionsPerCaller=2");
        var limits = server.Services.GetRequiredService<CallerLimits>();
        var first = new CallerAt(server, "127.0.0.2");
        using var second = new CallerAt(server, "127.0.0.2");
        using var third = new CallerAt(server, "127.0.0.2");
        using var neighbor = new CallerAt(server, "127.0.0.3");
        using var one = await first.Http.GetAsync("/healthz");
        using var two = await second.Http.GetAsync("/healthz");

        await Assert.ThrowsAsync<HttpRequestException>(() => third.Http.GetAsync("/healthz"));
        using var near = await neighbor.Http.GetAsync("/healthz");
        first.Dispose();
        await Patience.Until(() => limits.Connections.Open == 2, "the first connection has ended");
        using var now = await third.Http.GetAsync("/healthz");

        Assert.All([one, two, near, now], response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    [Fact]
    public async Task Slow_and_idle_connections_end_after_the_times_that_the_docs_state()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:Connections=1234");
        var kestrel = server.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.Equal(1234, kestrel.MaxConcurrentConnections);
        Assert.Equal(TimeSpan.FromMinutes(2), kestrel.KeepAliveTimeout);
        Assert.Equal(TimeSpan.FromSeconds(15), kestrel.RequestHeadersTimeout);
        Assert.Equal((240.0, TimeSpan.FromSeconds(5)), (kestrel.MinRequestBodyDataRate!.BytesPerSecond, kestrel.MinRequestBodyDataRate.GracePeriod));
        Assert.Equal((240.0, TimeSpan.FromSeconds(5)), (kestrel.MinResponseDataRate!.BytesPerSecond, kestrel.MinResponseDataRate.GracePeriod));
        Assert.Equal(100, kestrel.Http2.MaxStreamsPerConnection);
    }

    private static AsyncServerStreamingCall<HealthCheckResponse> Watch(GrpcChannel channel) =>
        new Health.HealthClient(channel).Watch(new HealthCheckRequest());

    private static async Task NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch) =>
        Assert.True(await Patience.For(watch.ResponseStream.MoveNext(CancellationToken.None), "a health answer"));
}
