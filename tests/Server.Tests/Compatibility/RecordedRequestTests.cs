using System.Net;
using System.Text;
using System.Text.Json;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>Every recorded report of five apps, byte for byte, through the front door and out on a live stream.</summary>
public sealed class RecordedRequestTests
{
    public static TheoryData<string> Names => [.. Recording.All.Select(recording => recording.Name)];

    [Fact]
    public void All_builds_are_recorded()
    {
        Assert.Equal(
            [
                "formvox-1.2.1", "intravox-2.3.1", "introvox-1.7.6", "metavox-2.0.5",
                "roomvox-1.1.0", "roomvox-1.4.0", "roomvox-1.4.0-dev2", "roomvox-1.6.0", "roomvox-2026-03",
            ],
            Recording.All.Select(recording => recording.Build).Distinct().Order(StringComparer.Ordinal));
        Assert.True(Recording.All.Count >= 97);
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
        Assert.Equal(answer.RootElement.GetProperty("reportId").GetString(), live.Report.Report.ReportId);
        using var sent = JsonDocument.Parse(recording.Raw);
        ExpectedReport.AssertMatches(sent.RootElement, live.Report);
        Assert.Equal(live.Report, await ReadAsync(server, 1));

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

        var stored = await ReadAsync(server, 1);

        Assert.Equal(Wire.ClaimVerdict.Community, stored.Verdict);
        Assert.Equal(Wire.CountrySource.Reported, stored.CountrySource);
        var report = stored.Report;
        Assert.Equal(("1.4.0", "32.0.6.1", "8.2.36"), (report.AppVersion, report.Environment.NextcloudVersion, report.Environment.PhpVersion));
        Assert.Equal(("DE", Wire.Database.Postgresql, Wire.OsFamily.Linux), (report.Environment.Country, report.Environment.Database, report.Environment.OsFamily));
        Assert.Equal(new Wire.Users { Total = 25, Active30D = 10, Disabled = 2 }, report.Users);
        Assert.Equal(
            new Contracts.Apps.RoomVox.V1.Usage
            {
                Rooms = 5,
                RoomGroups = 2,
                RoomTypes = { ["meeting-room"] = 3, ["lecture-hall"] = 1, ["studio"] = 1 },
                Facilities =
                {
                    ["projector"] = 3, ["whiteboard"] = 1, ["videoconf"] = 1, ["wheelchair"] = 1, ["audio"] = 2, ["display"] = 1,
                },
                AverageCapacity = 36.25,
                AutoAcceptRooms = 3,
                RoomsWithSmtp = 1,
                RoomsWithAvailabilityRules = 2,
                ExchangeSyncEnabled = true,
                RoomsWithExchange = 1,
            },
            report.Usage.Unpack<Contracts.Apps.RoomVox.V1.Usage>());
    }

    [Fact]
    public async Task A_missing_country_is_derived_from_the_timezone_and_marked_so()
    {
        await using var server = await TestServer.StartAsync();
        await PostAsync(server, Recording.Find("roomvox-1.4.0-null-country"));

        var stored = await ReadAsync(server, 1);

        Assert.Equal("DE", stored.Report.Environment.Country);
        Assert.Equal(Wire.CountrySource.Timezone, stored.CountrySource);
    }

    [Theory]
    [InlineData("formvox-1.2.1-five-rooms")]
    [InlineData("metavox-2.0.5-five-rooms")]
    [InlineData("intravox-2.3.1-five-rooms-old-routine")]
    public async Task What_names_a_person_or_an_organization_leaves_no_trace(string name)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(server, Recording.Find(name))).Status);

        var stored = (await ReadAsync(server, 1)).ToString();

        Assert.DoesNotContain("Example", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("example.org", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_or_a_subscription_flag_is_a_claim_that_stays_unverified()
    {
        await using var server = await TestServer.StartAsync();
        await PostAsync(server, Recording.Find("roomvox-1.4.0-enterprise"));
        server.Time.Advance(TimeSpan.FromHours(1));
        await PostAsync(server, Recording.Find("roomvox-1.6.0-enterprise"));

        Assert.Equal(ClaimVerdict.Unverified, (await server.Store.FindReportAsync(1, CancellationToken.None))!.Claim.Verdict);
        Assert.Equal(ClaimVerdict.Unverified, (await server.Store.FindReportAsync(2, CancellationToken.None))!.Claim.Verdict);
    }

    private static async Task<Wire.StoredReport> ReadAsync(TestServer server, ulong number) =>
        (await server.Admin.GetReportAsync(new Wire.GetReportRequest { Number = number }, server.Authorized)).Report;

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
