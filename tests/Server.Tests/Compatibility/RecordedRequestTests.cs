using System.Net;
using System.Text;
using System.Text.Json;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>Every recorded RoomVox report, byte for byte, through the front door and out on a live stream.</summary>
public sealed class RecordedRequestTests
{
    public static TheoryData<string> Names => [.. Recording.All.Select(recording => recording.Name)];

    [Fact]
    public void All_builds_are_recorded()
    {
        Assert.Equal(
            ["roomvox-1.1.0", "roomvox-1.4.0", "roomvox-1.4.0-dev2", "roomvox-1.6.0", "roomvox-2026-03"],
            Recording.All.Select(recording => recording.Build).Distinct().Order(StringComparer.Ordinal));
        Assert.True(Recording.All.Count >= 60);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_recorded_report_is_accepted_stored_and_seen_live_and_its_repeat_is_refused_in_words(string name)
    {
        var recording = Recording.Find(name);
        await using var server = await TestServer.StartAsync();
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest());
        await feed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Hello);
        await feed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.CaughtUp);

        var (status, body) = await PostAsync(server, recording);

        Assert.Equal(HttpStatusCode.OK, status);
        using var answer = JsonDocument.Parse(body);
        Assert.True(answer.RootElement.GetProperty("success").GetBoolean());
        var live = (await feed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Event)).Event;
        Assert.Equal(answer.RootElement.GetProperty("reportId").GetString(), live.Report.ReportId);
        var stored = await server.Store.FindReportAsync(1, CancellationToken.None);
        using var sent = JsonDocument.Parse(recording.Raw);
        ExpectedReport.AssertMatches(sent.RootElement, stored!.Report);

        server.Time.Advance(TimeSpan.FromMinutes(59));
        (status, body) = await PostAsync(server, recording);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Equal(
            """{"error":"This installation already reported at 12:00 UTC. The next report is welcome after 13:00 UTC."}""",
            body);

        server.Time.Advance(TimeSpan.FromMinutes(1));
        (status, _) = await PostAsync(server, recording);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, server.Store.Current.Number);
        Assert.Equal(1, server.Store.InstanceCount);
    }

    [Fact]
    public async Task Five_rooms_of_1_4_0_are_stored_with_their_values()
    {
        await using var server = await TestServer.StartAsync();
        await PostAsync(server, Recording.Find("roomvox-1.4.0-five-rooms"));

        var report = (await server.Store.FindReportAsync(1, CancellationToken.None))!.Report;

        Assert.Equal("1.4.0", report.AppVersion);
        Assert.Equal(ClaimVerdict.Community, report.Claim.Verdict);
        Assert.Equal("32.0.6.1", report.Environment.NextcloudVersion);
        Assert.Equal("8.2.36", report.Environment.PhpVersion);
        Assert.Equal("DE", report.Environment.Country.ToString());
        Assert.Equal(CountrySource.Reported, report.Environment.CountrySource);
        Assert.Equal(Database.PostgreSql, report.Environment.Database);
        Assert.Equal(OsFamily.Linux, report.Environment.OsFamily);
        Assert.Equal(new UserCounts(25, 10, 2, null), report.Users);
        Assert.Equal(5u, report.RoomVox!.Rooms);
        Assert.Equal(2u, report.RoomVox.RoomGroups);
        Assert.Equal(3625u, report.RoomVox.AverageCapacityHundredths);
        Assert.Equal(3u, report.RoomVox.AutoAcceptRooms);
        Assert.Equal(1u, report.RoomVox.RoomsWithSmtp);
        Assert.Equal(2u, report.RoomVox.RoomsWithAvailabilityRules);
        Assert.True(report.RoomVox.ExchangeSyncEnabled);
        Assert.Equal(1u, report.RoomVox.RoomsWithExchange);
        Assert.Equal(
            [("meeting-room", 3u), ("lecture-hall", 1u), ("studio", 1u)],
            report.RoomVox.RoomTypes.Items.ToArray().Select(item => (LabelRegister.RoomTypes.NameOf(item.Label), item.Count)));
    }

    [Fact]
    public async Task A_missing_country_is_derived_from_the_timezone_and_marked_so()
    {
        await using var server = await TestServer.StartAsync();
        await PostAsync(server, Recording.Find("roomvox-1.4.0-null-country"));

        var environment = (await server.Store.FindReportAsync(1, CancellationToken.None))!.Report.Environment;

        Assert.Equal("DE", environment.Country.ToString());
        Assert.Equal(CountrySource.Timezone, environment.CountrySource);
    }

    [Fact]
    public async Task A_key_or_a_subscription_flag_is_a_claim_that_stays_unverified()
    {
        await using var server = await TestServer.StartAsync();
        await PostAsync(server, Recording.Find("roomvox-1.4.0-enterprise"));
        server.Time.Advance(TimeSpan.FromHours(1));
        await PostAsync(server, Recording.Find("roomvox-1.6.0-enterprise"));

        Assert.Equal(ClaimVerdict.Unverified, (await server.Store.FindReportAsync(1, CancellationToken.None))!.Report.Claim.Verdict);
        Assert.Equal(ClaimVerdict.Unverified, (await server.Store.FindReportAsync(2, CancellationToken.None))!.Report.Claim.Verdict);
    }

    internal static async Task<(HttpStatusCode Status, string Body)> PostAsync(TestServer server, Recording recording)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(recording.Raw));
        using var request = new HttpRequestMessage(HttpMethod.Post, recording.Path) { Content = content };
        foreach (var (name, value) in recording.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await server.HttpClient.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
