using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Telemetry.Server.Tests.Compatibility;

namespace Telemetry.Server.Tests.Hosting;

/// <summary>Whatever the path, the port and the HTTP version: an answer has words.</summary>
public sealed class HttpAnswersTests
{
    [Theory]
    [InlineData("GET", "/nothing", 404, "nothing at this path")]
    [InlineData("POST", "/", 405, "GET")]
    [InlineData("GET", "/favicon.ico", 404, "nothing at this path")]
    [InlineData("POST", "/api", 404, "nothing at this path")]
    [InlineData("POST", "/api/licenses/other", 404, "nothing at this path")]
    [InlineData("POST", "/api/telemetry/other", 404, "nothing at this path")]
    [InlineData("GET", "/telemetry.v1.ReportingService/SubmitReport", 404, "nothing at this path")]
    [InlineData("DELETE", "/grpc.health.v1.Health/Check", 404, "nothing at this path")]
    [InlineData("GET", "/api/licenses/validate", 405, "POST")]
    [InlineData("PUT", "/api/telemetry/roomvox", 405, "POST")]
    [InlineData("POST", "/telemetry.v1.ReportingService/SubmitReport", 415, "gRPC")]
    public async Task Every_refusal_has_words_over_HTTP_1_1_and_HTTP_2(string method, string path, int status, string word)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var (code, body) = await SendAsync(server, method, path, version);

            Assert.Equal(status, (int)code);
            Assert.InRange(Encoding.UTF8.GetByteCount(body), 1, 199);
            using var json = JsonDocument.Parse(body);
            var sentence = json.RootElement.GetProperty("error").GetString()!;
            Assert.Contains(word, sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("RoomVox", sentence, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("//api/licenses/validate")]
    [InlineData("///api/licenses/usage")]
    [InlineData("//api/telemetry/roomvox")]
    public async Task A_base_URL_with_a_trailing_slash_works(string path)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var (code, body) = await SendAsync(server, "POST", path, version, DoorCalls.BodyOf("/" + path.TrimStart('/')));

            Assert.True(code is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, body);
        }
    }

    [Fact]
    public async Task A_failure_of_our_own_is_a_500_whose_incident_is_in_the_log()
    {
        await using var server = await TestServer.StartAsync();
        server.ExpectsErrors = true;
        server.HeldStore.Defect = new NotSupportedException("Nobody foresaw this.");

        var (code, body) = await SendAsync(
            server, "POST", DoorCalls.Telemetry, HttpVersion.Version11, DoorCalls.BodyOf(DoorCalls.Telemetry));

        Assert.Equal(HttpStatusCode.InternalServerError, code);
        using var json = JsonDocument.Parse(body);
        var incident = json.RootElement.GetProperty("error").GetString()!.Split(' ')[^1].TrimEnd('.');
        var line = Assert.Single(server.Logs.Lines, line => line.Text.Contains(incident, StringComparison.Ordinal));
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains("Nobody foresaw this.", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs.Lines, other => other.Text.StartsWith("Microsoft.", StringComparison.Ordinal));
    }

    private static async Task<(HttpStatusCode Code, string Body)> SendAsync(
        TestServer server, string method, string path, Version version, string body = "")
    {
        using var client = new HttpClient();
        var address = version == HttpVersion.Version20 ? server.Http2 : server.Http;
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{address.GetLeftPart(UriPartial.Authority)}{path}")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (method != "GET")
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
