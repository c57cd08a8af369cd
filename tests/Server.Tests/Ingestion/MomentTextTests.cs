using System.Net;
using System.Text;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Server.Model;
using Telemetry.Server.Tests.Compatibility;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Ingestion;

public sealed class MomentTextTests
{
    [Theory]
    [InlineData("2026-11-20T14:14:00Z", "14:14 UTC", "14:14 UTC")]
    [InlineData("2026-11-20T14:14:01Z", "14:14 UTC", "14:15 UTC")]
    [InlineData("2026-11-19T14:14:00Z", "14:14 UTC on 2026-11-19", "14:14 UTC on 2026-11-19")]
    [InlineData("2026-11-20T23:59:30Z", "23:59 UTC", "00:00 UTC on 2026-11-21")]
    [InlineData("2026-11-21T01:00:00+02:00", "23:00 UTC", "23:00 UTC")]
    public void The_day_is_named_when_it_is_not_today_and_after_is_never_too_early(string moment, string of, string after)
    {
        var now = new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero);
        var parsed = DateTimeOffset.Parse(moment, null);

        Assert.Equal(of, MomentText.Of(parsed, now));
        Assert.Equal(after, MomentText.After(parsed, now));
    }

    [Fact]
    public async Task Who_reports_too_soon_hears_the_same_sentence_at_every_door()
    {
        await using var server = await TestServer.StartAsync(
            now: new DateTimeOffset(2026, 11, 20, 14, 14, 0, TimeSpan.Zero), settings: "Ingestion:MinimumInterval=1.00:00:00");
        var body = DoorCalls.BodyOf(DoorCalls.Telemetry);
        using var first = await PostAsync(server, body);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        server.Time.Advance(TimeSpan.FromMinutes(5));
        using var second = await PostAsync(server, body);
        var request = SampleReports.Request();
        request.Report.InstanceHash = DoorCalls.Hash;
        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(request));

        const string Sentence =
            "This installation already reported at 14:14 UTC. The next report is welcome after 14:14 UTC on 2026-11-21.";
        Assert.Equal($$"""{"error":"{{Sentence}}"}""", await second.Content.ReadAsStringAsync());
        Assert.Equal(Sentence, refusal.Status.Detail);
        Assert.Equal(TimeSpan.FromMinutes(24 * 60 - 5), refusal.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
    }

    private static Task<HttpResponseMessage> PostAsync(TestServer server, string body) =>
        server.HttpClient.PostAsync(DoorCalls.Telemetry, new StringContent(body, Encoding.UTF8, "application/json"));
}
