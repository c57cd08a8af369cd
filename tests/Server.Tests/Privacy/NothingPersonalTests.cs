using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Privacy;

/// <summary>A marker goes in wherever something can; it must come out nowhere.</summary>
public sealed class NothingPersonalTests
{
    private const string Marker = "MARKER7f3a9";

    /// <summary>The peer's own address is the marker of the address; nothing else in the test uses it.</summary>
    private const string PeerAddress = "127.73.91.17";

    [Fact]
    public async Task No_marker_is_found_in_files_logs_or_answers()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-privacy-").FullName;
        try
        {
            var answers = new StringBuilder();
            IReadOnlyCollection<(Microsoft.Extensions.Logging.LogLevel Level, string Text)> logs;
            await using (var server = await TestServer.StartAsync(data))
            {
                answers.Append(await PostMarkedJsonAsync(server, "https://privacy-1.example"));
                answers.Append(await PostMarkedJsonAsync(server, "https://privacy-1.example"));
                answers.Append(await PostBrokenJsonAsync(server));
                answers.Append(await SubmitMarkedAsync(server));
                answers.Append(await ReadEverythingAsync(server));
                logs = server.Logs.Lines;

                Assert.Equal(2, server.Store.Current.Number);
                AssertNothingIn(data, [Marker, PeerAddress, SampleReports.HashOf("https://privacy-1.example")]);
            }

            AssertNothingIn(data, [Marker, PeerAddress, SampleReports.HashOf("https://privacy-1.example")]);
            var text = answers + string.Join('\n', logs.Select(line => line.Text));
            Assert.DoesNotContain(Marker, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(PeerAddress, text, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task The_search_finds_a_marker_that_is_there()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-privacy-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(data, "file"), "xx" + Marker.ToLowerInvariant());

            Assert.ThrowsAny<Exception>(() => AssertNothingIn(data, [Marker]));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<string> PostMarkedJsonAsync(TestServer server, string url)
    {
        using var client = MarkedClient(server);
        var body = $$"""
            {"instanceHash":"{{SampleReports.HashOf(url)}}","version":"1.4.0-{{Marker}}","phpVersion":"8.2.36-{{Marker}}",
             "nextcloudVersion":"32.0.6.1+{{Marker}}","defaultLanguage":"de-x-{{Marker[..8]}}","licenseKey":"{{Marker}}-KEY",
             "databaseType":"{{Marker}}","osFamily":"{{Marker}}","webServer":"{{Marker}}/2.4",
             "roomTypeCounts":{"{{Marker}}":2},"facilitiesCounts":{" {{Marker}} ":1},
             "contactEmail":"{{Marker}}@example.org","{{Marker}}":{"nested":["{{Marker}}"]} }
            """;
        using var response = await client.PostAsync(
            "/api/telemetry/roomvox", new StringContent(body, Encoding.UTF8, "application/json"));
        return $"{response}{await response.Content.ReadAsStringAsync()}";
    }

    private static async Task<string> PostBrokenJsonAsync(TestServer server)
    {
        using var client = MarkedClient(server);
        var answers = new StringBuilder();
        foreach (var body in new[]
        {
            $"{{\"instanceHash\":\"{Marker}\"}}", Marker, $"{{\"version\":\"{Marker}\",\"countryCode\":\"{Marker}\"}}",
        })
        {
            using var response = await client.PostAsync(
                "/api/telemetry/roomvox", new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            answers.Append(response).Append(await response.Content.ReadAsStringAsync());
        }

        using var missing = await client.GetAsync($"/api/telemetry/{Marker}?{Marker}={Marker}");
        return answers.Append(missing).Append(await missing.Content.ReadAsStringAsync()).ToString();
    }

    private static async Task<string> SubmitMarkedAsync(TestServer server)
    {
        var report = SampleReports.Of("https://privacy-2.example");
        report.AppVersion = "1.4.0-" + Marker;
        report.Environment.PhpVersion = "8.2.36-" + Marker;
        report.Subscription.Key = Marker + "-KEY";
        // A field that the contract does not have: number 500, with the marker as text.
        byte[] unknown = [0xA2, 0x1F, (byte)Marker.Length, .. Encoding.ASCII.GetBytes(Marker)];
        report.MergeFrom(unknown);
        report.ChangeUsage(usage =>
        {
            usage.RoomTypes[Marker] = 3;
            usage.Facilities[Marker] = 4;
            usage.MergeFrom(unknown);
        });
        Assert.Contains(Marker, Encoding.ASCII.GetString(report.ToByteArray()), StringComparison.Ordinal);

        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        var headers = new Metadata { { "x-forwarded-for", Marker }, { "x-marker", Marker } };
        var accepted = await client.SubmitReportAsync(new Wire.SubmitReportRequest { Report = report }, headers);

        report.ReportId = Marker;
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await client.SubmitReportAsync(new Wire.SubmitReportRequest { Report = report }, headers));
        return $"{accepted}{refused.Status}{refused.GetRpcStatus()}";
    }

    private static async Task<string> ReadEverythingAsync(TestServer server)
    {
        var answers = new StringBuilder();
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
        foreach (var happened in await feed.EventsThroughAsync(2))
        {
            answers.Append(happened);
            Assert.Equal("1.4.0", happened.Report.Report.AppVersion);
            var usage = happened.Report.Report.Usage.Unpack<Contracts.Apps.RoomVox.V1.Usage>();
            Assert.Contains("custom", usage.RoomTypes.Keys);
            Assert.Contains("custom", usage.Facilities.Keys);
        }

        var admin = new Wire.AdminService.AdminServiceClient(server.Native);
        answers.Append(await admin.ListInstancesAsync(new Wire.ListInstancesRequest(), server.Authorized));
        answers.Append(await admin.GetReportAsync(new Wire.GetReportRequest { Number = 1 }, server.Authorized));
        answers.Append(await admin.GetInstanceAsync(
            new Wire.GetInstanceRequest { InstanceUrl = "https://privacy-1.example" }, server.Authorized));
        return answers.ToString();
    }

    /// <summary>Comes from an address of its own and claims to come from more.</summary>
    private static HttpClient MarkedClient(TestServer server)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new System.Net.Sockets.Socket(
                    System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(PeerAddress), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = server.Http,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"RoomVox/{Marker}");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.9, {Marker}");
        client.DefaultRequestHeaders.Add("Forwarded", $"for={Marker}");
        client.DefaultRequestHeaders.Add("Referer", $"https://{Marker}.example/");
        client.DefaultRequestHeaders.Add("Cookie", $"session={Marker}");
        client.DefaultRequestHeaders.Host = $"{Marker}.example";
        return client;
    }

    private static void AssertNothingIn(string directory, string[] markers)
    {
        foreach (var file in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
        {
            // The lock is empty, and held by the running server.
            if (new FileInfo(file).Length == 0)
            {
                continue;
            }

            // Shared, because the running server holds the files open.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            var content = reader.ReadToEnd();
            foreach (var marker in markers)
            {
                Assert.DoesNotContain(marker, content, StringComparison.OrdinalIgnoreCase);
            }
        }
    }
}
