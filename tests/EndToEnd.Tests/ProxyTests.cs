using System.Net;
using Grpc.Core;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;
using Case = Telemetry.Contracts.V1.StreamEventsResponse.MessageOneofCase;

namespace Telemetry.EndToEnd.Tests;

/// <summary>The documented examples, run by real proxies in front of the whole server.</summary>
public sealed class ProxyTests
{
    [Theory]
    [InlineData("nginx")]
    [InlineData("caddyfile")]
    public async Task Through_the_documented_proxy_reports_come_in_at_every_door_and_the_feed_goes_out_at_once(string example)
    {
        await using var server = await TestServer.StartAsync(settings: "Server:TrustedProxies:0=127.0.0.1");
        using var proxy = await RunningProxy.StartAsync(example, server);
        using var caller = proxy.CallerAt("127.0.0.1");
        using var native = Feed(caller.Native);
        using var web = Feed(caller.Web);
        foreach (var reader in new[] { native, web })
        {
            await reader.NextAsync(Case.Hello);
            await reader.NextAsync(Case.CaughtUp);
        }

        var first = await caller.Reporting.SubmitReportAsync(SampleReports.Request("https://one.example"));
        await AssertDelivered(1);
        var second = await caller.WebReporting.SubmitReportAsync(SampleReports.Request("https://two.example"));
        await AssertDelivered(2);
        using var third = await caller.PostAsync("https://three.example");
        await AssertDelivered(3);
        using var health = await caller.Http.GetAsync("/healthz");

        Assert.Equal((1UL, 2UL), (first.Receipt.Number, second.Receipt.Number));
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.Equal("ready\n", await health.Content.ReadAsStringAsync());

        FeedReader Feed(ChannelBase channel) => new(
            new Wire.FeedService.FeedServiceClient(channel).StreamEvents(new() { Now = new() }, server.Authorized));

        // Nothing else is on its way that could push a held message out.
        async Task AssertDelivered(ulong number)
        {
            Assert.Equal(number, (await native.NextAsync(Case.Event)).Event.Position.Number);
            Assert.Equal(number, (await web.NextAsync(Case.Event)).Event.Position.Number);
        }
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddyfile")]
    public async Task Through_the_documented_proxy_callers_are_told_apart_whatever_they_say_they_are(string example)
    {
        await using var server = await TestServer.StartAsync(
            settings: ["Server:TrustedProxies:0=127.0.0.1", "Limits:NewInstallationsPerHour=1"]);
        using var proxy = await RunningProxy.StartAsync(example, server);
        using var one = proxy.CallerAt("127.0.0.2");
        using var other = proxy.CallerAt("127.0.0.3");
        var spoofed = new Metadata { { "x-forwarded-for", "198.51.100.1" } };

        Assert.NotNull((await one.Reporting.SubmitReportAsync(SampleReports.Request("https://one.example"))).Receipt);
        var native = await Assert.ThrowsAsync<RpcException>(async () =>
            await one.Reporting.SubmitReportAsync(SampleReports.Request("https://spoofed.example"), spoofed));
        var web = await Assert.ThrowsAsync<RpcException>(async () =>
            await one.WebReporting.SubmitReportAsync(SampleReports.Request("https://spoofed.example"), spoofed));
        using var json = await one.PostAsync("https://spoofed.example", "198.51.100.1");
        using var near = await other.PostAsync("https://near.example");

        Assert.Equal("TOO_MANY_NEW_INSTALLATIONS", native.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Reason);
        Assert.Equal("TOO_MANY_NEW_INSTALLATIONS", web.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Reason);
        Assert.Equal(HttpStatusCode.TooManyRequests, json.StatusCode);
        Assert.Equal(HttpStatusCode.OK, near.StatusCode);
    }
}
