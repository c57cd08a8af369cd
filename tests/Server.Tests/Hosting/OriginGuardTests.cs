using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Telemetry.Server.Tests.Compatibility;

namespace Telemetry.Server.Tests.Hosting;

/// <summary>A web page cannot make its visitors report.</summary>
public sealed class OriginGuardTests
{
    /// <summary>Origin and Sec-Fetch-Site as browsers send them; {own} stands for the server's own.</summary>
    public static TheoryData<string?, string?, bool> Senders => new()
    {
        { null, null, true },
        { "{own}", null, true },
        { "{own}", "same-origin", true },
        { "https://telemetry.example", "same-origin", true },
        { "https://admin.example", null, true },
        { "https://admin.example", "cross-site", true },
        { "https://evil.example", null, false },
        { "https://evil.example", "cross-site", false },
        { "https://sub.admin.example", "same-site", false },
        { "http://admin.example", null, false },
        { "{own}0", null, false },
        { "null", null, false },
        { "null", "cross-site", false },
        { "", null, false },
        { null, "cross-site", false },
        { null, "same-site", false },
    };

    [Theory]
    [MemberData(nameof(Senders))]
    public async Task Only_a_sender_that_is_no_page_or_one_of_an_allowed_origin_reports(
        string? origin, string? site, bool allowed)
    {
        await using var server = await TestServer.StartAsync(settings: "Cors:Origins:0=https://admin.example");
        using var json = await SendAsync(
            server, DoorCalls.Telemetry, Encoding.UTF8.GetBytes(DoorCalls.BodyOf(DoorCalls.Telemetry)), "application/json", origin, site);
        var report = SampleReports.Request("https://of-a-page.example").ToByteArray();
        byte[] frame = [0, 0, 0, (byte)(report.Length >> 8), (byte)report.Length, .. report];
        using var grpc = await SendAsync(
            server, "/telemetry.v1.ReportingService/SubmitReport", frame, "application/grpc-web+proto", origin, site);

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, json.StatusCode);
        Assert.Equal(allowed ? 2 : 0, server.Store.Current.Number);
        var status = Encoding.ASCII.GetString(await grpc.Content.ReadAsByteArrayAsync()) + grpc.Headers;
        Assert.Contains($"grpc-status:{(allowed ? 0 : 7)}", status.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        if (!allowed)
        {
            Assert.Contains("Cors:Origins", await json.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Contains("grpc-status-details-bin", status, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_page_may_send_without_asking_is_no_report()
    {
        await using var server = await TestServer.StartAsync();
        var body = Encoding.UTF8.GetBytes(DoorCalls.BodyOf(DoorCalls.Telemetry));
        foreach (var type in new[] { null, "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x" })
        {
            using var response = await SendAsync(server, DoorCalls.Telemetry, body, type, origin: null, site: null);

            Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        }

        Assert.Equal(0, server.Store.Current.Number);
    }

    [Fact]
    public async Task Looking_is_free_for_everyone()
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
        request.Headers.Add("Origin", "https://evil.example");

        using var response = await server.HttpClient.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<HttpResponseMessage> SendAsync(
        TestServer server, string path, byte[] body, string? type, string? origin, string? site)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        Add(request.Content.Headers, "Content-Type", type);
        Add(request.Headers, "Origin", origin?.Replace("{own}", server.Http.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
        Add(request.Headers, "Sec-Fetch-Site", site);
        return server.HttpClient.SendAsync(request);
    }

    private static void Add(HttpHeaders headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
