using Telemetry.Server.Hosting;

namespace Telemetry.Server.Tests.Hosting;

public sealed class CorsTests
{
    [Theory]
    [InlineData("https://admin.example", "https://admin.example", true)]
    [InlineData("https://admin.example", "https://elsewhere.example", false)]
    [InlineData("https://Admin.Example/", "https://admin.example", true)]
    [InlineData("https://admin.example:443", "https://admin.example", true)]
    [InlineData("http://admin.example:80/", "http://admin.example", true)]
    [InlineData("http://[::1]:3000", "http://[::1]:3000", true)]
    [InlineData("https://b\u00FCcher.example", "https://xn--bcher-kva.example", true)]
    public async Task Only_configured_origins_may_call_from_a_browser_however_they_are_written(
        string configured, string origin, bool allowed)
    {
        await using var server = await TestServer.StartAsync(settings: "Cors:Origins:0=" + configured);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/telemetry.v1.FeedService/StreamEvents");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,x-grpc-web");

        using var response = await server.HttpClient.SendAsync(preflight);

        Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("admin.example", "does not begin with https://")]
    [InlineData("localhost:3000", "does not begin with https://")]
    [InlineData("ftp://admin.example", "does not begin with https://")]
    [InlineData("null", "does not begin with https://")]
    [InlineData("https://", "does not begin with https://")]
    [InlineData("*", "has a pattern")]
    [InlineData("https://*.example", "has a pattern")]
    [InlineData("https://admin.example/app", "has more than scheme, host and port")]
    [InlineData("https://admin.example/?a", "has more than scheme, host and port")]
    [InlineData("https://me@admin.example", "has more than scheme, host and port")]
    public void An_origin_that_no_browser_would_send_is_refused_at_the_start(string origin, string words)
    {
        var refusal = Assert.Throws<UsageException>(() => new CorsOptions { Origins = { origin } }.NormalizedOrigins());

        Assert.Contains($"'{origin}' {words}", refusal.Message, StringComparison.Ordinal);
    }
}
