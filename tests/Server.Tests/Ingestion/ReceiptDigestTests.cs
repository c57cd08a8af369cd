using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Ingestion;

public sealed class ReceiptDigestTests
{
    [Fact]
    public async Task A_receipt_brings_back_the_digest_of_the_bytes_and_a_repetition_the_same_after_a_restart_too()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-digest-").FullName;
        var request = SampleReports.Request();
        var digest = SHA256.HashData(request.Report.ToByteArray());
        try
        {
            await using (var server = await TestServer.StartAsync(data))
            {
                Assert.Equal(digest, await SubmitAsync(server, request));
                Assert.Equal(digest, await SubmitAsync(server, request));
            }

            await using var again = await TestServer.StartAsync(data);
            Assert.Equal(digest, await SubmitAsync(again, request));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Another_report_under_a_known_id_gets_no_digest()
    {
        await using var server = await TestServer.StartAsync();
        var request = SampleReports.Request();
        await SubmitAsync(server, request);
        request.Report.Users.Total++;

        Assert.Empty(await SubmitAsync(server, request));
        Assert.Equal(1, server.Store.Current.Number);
    }

    [Fact]
    public async Task Each_report_of_a_batch_gets_its_own()
    {
        await using var server = await TestServer.StartAsync();
        Report[] reports = [SampleReports.Of("https://one.example"), SampleReports.Of("https://two.example"), SampleReports.Of("https://one.example")];

        var answer = await new ReportingService.ReportingServiceClient(server.Native)
            .SubmitReportsAsync(new SubmitReportsRequest { Reports = { reports } });

        Assert.Equal(SHA256.HashData(reports[0].ToByteArray()), answer.Results[0].Receipt.ReportSha256.ToByteArray());
        Assert.Equal(SHA256.HashData(reports[1].ToByteArray()), answer.Results[1].Receipt.ReportSha256.ToByteArray());
        Assert.Equal(SubmitReportResult.ResultOneofCase.Status, answer.Results[2].ResultCase);
    }

    [Fact]
    public async Task A_report_in_parts_is_digested_as_a_whole()
    {
        await using var server = await TestServer.StartAsync();
        var report = SampleReports.Of();
        var rest = new Report { Usage = report.Usage };
        report.Usage = null;
        byte[] whole = [.. report.ToByteArray(), .. rest.ToByteArray()];
        // Protobuf merges a message of the parts from the parts' concatenation.
        byte[] parts =
        [
            .. new SubmitReportRequest { Report = report }.ToByteArray(), .. new SubmitReportRequest { Report = rest }.ToByteArray(),
        ];
        using var http = new HttpClient();
        using var content = new ByteArrayContent([0, 0, 0, (byte)(parts.Length >> 8), (byte)parts.Length, .. parts]);
        content.Headers.ContentType = new("application/grpc-web");
        using var response = await http.PostAsync(new Uri(server.Http, "/telemetry.v1.ReportingService/SubmitReport"), content);
        var body = await response.Content.ReadAsByteArrayAsync();

        var receipt = SubmitReportResponse.Parser.ParseFrom(body, 5, (body[3] << 8) | body[4]).Receipt;

        Assert.Equal(SHA256.HashData(whole), receipt.ReportSha256.ToByteArray());
    }

    [Fact]
    public async Task The_HTTP_door_answers_with_the_digest_of_the_body()
    {
        await using var server = await TestServer.StartAsync();
        var body = """{"instanceHash":"HASH","version":"1.4.0","totalRooms":5}"""u8.ToArray();
        body = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(body)
            .Replace("HASH", SampleReports.HashOf("https://cloud.example.org"), StringComparison.Ordinal));
        using var http = new HttpClient();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");

        using var response = await http.PostAsync(new Uri(server.Http, "/api/telemetry/roomvox"), content);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(body)), answer.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task Neither_data_nor_log_holds_the_digest()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-digest-").FullName;
        var request = SampleReports.Request();
        var digest = SHA256.HashData(request.Report.ToByteArray());
        try
        {
            await using (var server = await TestServer.StartAsync(data))
            {
                await SubmitAsync(server, request);
            }

            // By it and everything else in the record, an instance hash could be found by trying.
            Assert.All(Directory.GetFiles(data, "*", SearchOption.AllDirectories), file =>
                Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(digest.AsSpan(0, 8))));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<byte[]> SubmitAsync(TestServer server, SubmitReportRequest request) =>
        (await new ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(request)).Receipt.ReportSha256.ToByteArray();
}
