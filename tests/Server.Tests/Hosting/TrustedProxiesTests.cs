using System.Net;
using Grpc.Core;
using Telemetry.Server.Hosting;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Hosting;

/// <summary>Whose word is taken for where a request came from, seen by who shares whose limit.</summary>
public sealed class TrustedProxiesTests
{
    private const string One = "Limits:NewInstallationsPerHour=1";
    private const string Local = "Server:TrustedProxies:0=127.0.0.1";

    [Fact]
    public async Task Callers_behind_a_trusted_proxy_are_told_apart()
    {
        await using var server = await TestServer.StartAsync(settings: [One, Local]);
        using var proxy = new CallerAt(server);

        Assert.Equal(HttpStatusCode.OK, await ReportAsync(proxy, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await ReportAsync(proxy, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(proxy, "198.51.100.2"));
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(proxy, "2001:db8:1:2::1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await ReportAsync(proxy, "2001:db8:1:2:3::4"));
        var metadata = new Metadata { { "x-forwarded-for", "198.51.100.1" } };
        foreach (var door in new[] { proxy.Reporting, proxy.WebReporting })
        {
            await Assert.ThrowsAsync<RpcException>(async () =>
                await door.SubmitReportAsync(SampleReports.Request("https://native.example"), metadata));
        }
    }

    /// <summary>Each of these is the caller 198.51.100.1, which has used up its limit.</summary>
    [Theory]
    [InlineData("203.0.113.9, 198.51.100.1")]
    [InlineData("198.51.100.1:50123")]
    [InlineData("127.0.0.1, 198.51.100.1")]
    [InlineData("::1, 10.1.2.3, 198.51.100.1")]
    [InlineData("203.0.113.9, 198.51.100.1, 10.1.2.3")]
    [InlineData("203.0.113.9, 198.51.100.1:1, 10.1.2.3:2, 10.4.5.6")]
    [InlineData("nonsense, 198.51.100.1")]
    [InlineData("::ffff:198.51.100.1")]
    [InlineData("[::ffff:198.51.100.1]:50123")]
    public async Task What_a_client_writes_into_the_header_itself_counts_for_nothing(string forwardedFor)
    {
        await using var server = await TestServer.StartAsync(settings: [One, Local, "Server:TrustedProxies:1=10.0.0.0/8"]);
        using var proxy = new CallerAt(server);
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(proxy, "198.51.100.1"));

        Assert.Equal(HttpStatusCode.TooManyRequests, await ReportAsync(proxy, forwardedFor));
    }

    /// <summary>Whom they name cannot be read: they are the proxy's own, together.</summary>
    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("198.51.100.1, unknown")]
    [InlineData("198.51.100.1, _hidden")]
    public async Task What_cannot_be_read_leaves_the_proxy_as_the_caller(string forwardedFor)
    {
        await using var server = await TestServer.StartAsync(settings: [One, Local]);
        using var proxy = new CallerAt(server);
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(proxy, null));

        Assert.Equal(HttpStatusCode.TooManyRequests, await ReportAsync(proxy, forwardedFor));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Server:TrustedProxies:0=127.0.0.9")]
    public async Task Without_trust_nothing_forwarded_is_believed(string? trusted)
    {
        await using var server = await TestServer.StartAsync(settings: trusted is null ? [One] : [One, trusted]);
        using var proxy = new CallerAt(server);

        Assert.Equal(HttpStatusCode.OK, await ReportAsync(proxy, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await ReportAsync(proxy, "198.51.100.2"));
    }

    [Fact]
    public async Task Another_machine_than_the_proxy_speaks_for_nobody()
    {
        await using var server = await TestServer.StartAsync(settings: [One, Local]);
        using var stranger = new CallerAt(server, "127.0.0.2");

        Assert.Equal(HttpStatusCode.OK, await ReportAsync(stranger, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await ReportAsync(stranger, "198.51.100.2"));
    }

    [Fact]
    public async Task Other_headers_than_the_documented_one_are_not_believed()
    {
        await using var server = await TestServer.StartAsync(settings: [One, Local]);
        using var proxy = new CallerAt(server);
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(proxy, null));

        foreach (var (name, value) in new[]
        {
            ("forwarded", "for=198.51.100.2"), ("x-real-ip", "198.51.100.3"), ("cf-connecting-ip", "198.51.100.4"),
            ("true-client-ip", "198.51.100.5"), ("x-original-for", "198.51.100.6"),
        })
        {
            await Assert.ThrowsAsync<RpcException>(async () => await proxy.Reporting.SubmitReportAsync(
                SampleReports.Request($"https://{name}.example"), new Metadata { { name, value } }));
        }
    }

    [Fact]
    public async Task Wrong_license_keys_are_counted_for_the_one_behind_the_proxy()
    {
        await using var server = await TestServer.StartAsync(settings: ["Licensing:WrongKeysPerHour=1", Local]);
        using var proxy = new CallerAt(server);

        Assert.False((await CheckAsync("198.51.100.1")).Decision.Licensed);
        await Assert.ThrowsAsync<RpcException>(() => CheckAsync("198.51.100.1"));
        Assert.False((await CheckAsync("198.51.100.2")).Decision.Licensed);

        Task<Wire.CheckLicenseResponse> CheckAsync(string address) => new Wire.LicenseService.LicenseServiceClient(proxy.Native)
            .CheckLicenseAsync(
                new()
                {
                    LicenseKey = "WRONG-" + address,
                    InstanceHash = SampleReports.HashOf("https://guess.example"),
                    App = "roomvox",
                    WithoutToken = true,
                },
                new Metadata { { "x-forwarded-for", address } }).ResponseAsync;
    }

    [Fact]
    public async Task A_proxy_may_have_more_connections_than_a_caller()
    {
        await using var server = await TestServer.StartAsync(settings: ["Limits:ConnectionsPerCaller=1", Local]);
        using var first = new CallerAt(server);
        using var second = new CallerAt(server);

        Assert.Equal(HttpStatusCode.OK, await ReportAsync(first, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(second, "198.51.100.2"));
    }

    [Fact]
    public async Task A_refusal_behind_an_unknown_proxy_is_told_to_the_operator_once_and_without_an_address()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:RequestsPerMinute=1");
        using var proxy = new CallerAt(server);
        for (var i = 0; i < 4; i++)
        {
            await ReportAsync(proxy, "198.51.100.77");
        }

        var line = Assert.Single(server.Logs.Lines, line => line.Text.Contains("Server:TrustedProxies", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs.Lines, other => other.Text.Contains("198.51", StringComparison.Ordinal));
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, line.Level);
    }

    [Theory]
    [InlineData("proxy.example.org")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("10.0.0.0/33")]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    public void What_is_no_address_or_network_is_refused_at_start(string entry)
    {
        var refusal = Assert.Throws<UsageException>(() => ServerHost.Build(CommandLine.Parse(["--Server:TrustedProxies:0=" + entry])));

        Assert.StartsWith("Server:TrustedProxies:0 ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_where_a_list_is_wanted_is_refused_at_start()
    {
        var refusal = Assert.Throws<UsageException>(() => ServerHost.Build(CommandLine.Parse(["--Server:TrustedProxies=127.0.0.1"])));

        Assert.Contains("Server:TrustedProxies:0", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> ReportAsync(CallerAt caller, string? forwardedFor)
    {
        using var response = await caller.PostAsync($"https://{Guid.NewGuid():N}.example", forwardedFor);
        return response.StatusCode;
    }
}
