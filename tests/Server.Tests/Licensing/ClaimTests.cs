using Telemetry.Server.Licensing;
using Telemetry.Server.Tests.Compatibility;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>The Enterprise claim in a report: what it is worth, and that a refusal is an event and a figure.</summary>
public sealed class ClaimTests
{
    [Fact]
    public async Task A_claim_is_worth_what_its_license_is_on_this_installation()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync();
        var (_, unusedKey) = await server.IssueAsync();
        await server.CheckAsync(key, "https://a.example");

        await ExpectAsync("https://a.example", key, true, Wire.ClaimVerdict.Verified, Wire.LicenseVerdict.Unspecified);
        await ExpectAsync("https://b.example", key, true, Wire.ClaimVerdict.Refused, Wire.LicenseVerdict.BoundElsewhere);
        await ExpectAsync("https://c.example", unusedKey, true, Wire.ClaimVerdict.Refused, Wire.LicenseVerdict.NotActivated);
        await ExpectAsync("https://d.example", "TYPO", true, Wire.ClaimVerdict.Refused, Wire.LicenseVerdict.MalformedKey);
        await ExpectAsync("https://e.example", LicenseKey.Create("RVOX"), true, Wire.ClaimVerdict.Refused, Wire.LicenseVerdict.NotFound);
        await ExpectAsync("https://f.example", "", true, Wire.ClaimVerdict.Refused, Wire.LicenseVerdict.KeyMissing);
        await ExpectAsync("https://g.example", "", false, Wire.ClaimVerdict.Community, Wire.LicenseVerdict.Unspecified);
        // A key alone is a claim too.
        await ExpectAsync("https://h.example", unusedKey, false, Wire.ClaimVerdict.Refused, Wire.LicenseVerdict.NotActivated);
        server.Time.Advance(TimeSpan.FromHours(1));
        // Without a key the seat alone vouches, as newer apps need it.
        await ExpectAsync("https://a.example", "", true, Wire.ClaimVerdict.Verified, Wire.LicenseVerdict.Unspecified);
        await server.LicenseAdmin.SuspendLicenseAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
        server.Time.Advance(TimeSpan.FromHours(1));
        await ExpectAsync("https://a.example", "", true, Wire.ClaimVerdict.Refused, Wire.LicenseVerdict.Suspended);

        async Task ExpectAsync(
            string url, string subscriptionKey, bool claims, Wire.ClaimVerdict verdict, Wire.LicenseVerdict reason)
        {
            var report = await ReportAsync(server, url, subscriptionKey, claims);
            Assert.Equal((verdict, reason), (report.Verdict, report.ClaimReason));
        }
    }

    [Fact]
    public async Task The_platforms_own_subscription_alone_is_not_refused_for_want_of_a_key()
    {
        await using var server = await TestServer.StartAsync();
        await server.IssueAsync();
        await RecordedRequestTests.PostAsync(server, Recording.Find("roomvox-1.6.0-enterprise"));

        var claim = (await server.Store.FindReportAsync(1, CancellationToken.None))!.Claim;

        Assert.Equal((Model.ClaimVerdict.Unverified, Model.LicenseVerdict.KeyMissing), (claim.Verdict, claim.Reason));
    }

    [Fact]
    public async Task A_refused_claim_is_an_event_a_figure_and_a_list()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-license-").FullName;
        try
        {
            await using (var server = await TestServer.StartAsync(data))
            {
                var (_, key) = await server.IssueAsync();
                await server.CheckAsync(key, "https://good.example");
                using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest
                {
                    Filter = new() { Kinds = { Wire.EventKind.ClaimRefused } },
                });
                await feed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Hello);
                await feed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.CaughtUp);
                await ReportAsync(server, "https://good.example", key, true);
                await ReportAsync(server, "https://bad.example", "TYPO", true);
                await ReportAsync(server, "https://worse.example", "", true);

                Assert.Equal(2ul, (await feed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Event)).Event.Position.Number);
                await AssertFiguresAsync(server);
                // A claim that is good again leaves the figure.
                server.Time.Advance(TimeSpan.FromHours(1));
                await ReportAsync(server, "https://bad.example", "", false);
                Assert.Equal(Wire.LicenseVerdict.KeyMissing, (await FiguresAsync(server)).Single().Reason);
                server.Time.Advance(TimeSpan.FromHours(1));
                await ReportAsync(server, "https://bad.example", "TYPO", true);
            }

            await using (var server = await TestServer.StartAsync(data))
            {
                await AssertFiguresAsync(server);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        static async Task AssertFiguresAsync(TestServer server)
        {
            Assert.Equal(
                [(Wire.LicenseVerdict.MalformedKey, 1ul), (Wire.LicenseVerdict.KeyMissing, 1ul)],
                (await FiguresAsync(server)).Select(figure => (figure.Reason, figure.Installations)));
            var refused = await new Wire.AdminService.AdminServiceClient(server.Native).ListInstancesAsync(
                new() { Filter = new() { Verdicts = { Wire.ClaimVerdict.Refused } } }, server.Authorized);
            Assert.Equal(
                [Wire.LicenseVerdict.MalformedKey, Wire.LicenseVerdict.KeyMissing],
                refused.Instances.Select(instance => instance.ClaimReason));
        }
    }

    private static async Task<IEnumerable<Wire.RefusedClaims>> FiguresAsync(TestServer server) =>
        (await server.LicenseAdmin.GetRefusedClaimsAsync(new(), server.Authorized)).Counts;

    private static async Task<Wire.StoredReport> ReportAsync(TestServer server, string url, string key, bool claims)
    {
        var report = SampleReports.Of(url);
        report.Subscription.Key = key;
        report.Subscription.ExtendedSupport = claims;
        var receipt = (await new Wire.ReportingService.ReportingServiceClient(server.Native)
            .SubmitReportAsync(new() { Report = report })).Receipt;
        return (await new Wire.AdminService.AdminServiceClient(server.Native)
            .GetReportAsync(new() { Number = receipt.Number }, server.Authorized)).Report;
    }
}
