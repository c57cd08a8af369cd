using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Retention;
using Telemetry.Server.Tests.Licensing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Retention;

/// <summary>What is kept no longer goes by the day, in every class, and never by a wrong clock.</summary>
public sealed class RetentionSweeperTests
{
    private static readonly string[] Short = ["Retention:ReportDays=31", "Retention:DailyFactDays=40", "Retention:LicenseDays=50"];

    [Fact]
    public async Task Reports_go_by_the_day_and_every_reader_is_told()
    {
        await using var server = await TestServer.StartAsync(settings: Short);
        await SubmitDailyAsync(server, days: 40);

        await SweepAsync(server);

        // Day 40 begins: of the days 0 to 8 the last moment is more than 31 days ago.
        Assert.Equal(19, server.Store.OldestNumber);
        Assert.Equal(19ul, (await server.Admin.GetServerInfoAsync(new(), server.Authorized)).OldestNumber);
        Assert.Contains(server.Logs.Lines, line => line.Text.Contains("Deleted reports", StringComparison.Ordinal));
        Assert.Equal(41, server.Store.InstanceCount);
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
        Assert.Equal(19ul, (await feed.EventsThroughAsync(80))[0].Position.Number);
        var details = await server.Admin.GetInstanceAsync(
            new() { InstanceUrl = "https://constant.example", HistoryPageSize = 100 }, server.Authorized);
        Assert.Equal(31, details.History.Count);
    }

    [Fact]
    public async Task Installations_that_are_silent_for_longer_than_daily_facts_are_kept_are_forgotten_everywhere()
    {
        await using var server = await TestServer.StartAsync(settings: Short);
        await SubmitDailyAsync(server, days: 3);
        server.Time.Advance(TimeSpan.FromDays(30));
        await SubmitDailyAsync(server, days: 20);

        await SweepAsync(server);

        // The constant installation, those of the 20 days, and those of the first days from which 40 days have not passed.
        Assert.Equal(21, server.Store.InstanceCount);
        var projection = server.Part<FleetProjection>();
        await projection.WaitForAsync(server.Store.Current.Number, CancellationToken.None);
        Assert.Equal(21, projection.Read((apps, _) => apps.Sum(app => app.Chunks.Sum(chunk => chunk.Count - chunk.ErasedCount))));
        Assert.Equal(UtcDay.Of(server.Time.GetUtcNow()) - 40, projection.OldestDay);
        Assert.Equal(21ul, (await server.Admin.GetServerInfoAsync(new(), server.Authorized)).Instances);
    }

    [Fact]
    public async Task Licenses_that_ended_long_ago_go_with_their_seats_and_numbers_go_on()
    {
        await using var server = await TestServer.StartAsync(settings: Short);
        var now = server.Time.GetUtcNow();
        License[] licenses =
        [
            SampleLicense.Of(1) with { ExpiresAt = now.AddDays(1) },
            SampleLicense.Of(2) with { State = LicenseState.Revoked },
            SampleLicense.Of(3) with { ExpiresAt = now.AddDays(30) },
            SampleLicense.Of(4),
        ];
        var book = server.Part<LicenseBook>();
        foreach (var license in licenses)
        {
            var lease = new LicenseLease(license.Id, new LicensedInstanceId(7), new DateOnly(2026, 11, 20), new DateOnly(2026, 11, 20), LicenseLease.NoUsage);
            await book.ChangeAsync(
                license.KeyHash, _ => new LicenseEntry(license, System.Collections.Immutable.ImmutableDictionary<LicensedInstanceId, LicenseLease>.Empty.Add(lease.Instance, lease)),
                CancellationToken.None);
        }

        server.Time.Advance(TimeSpan.FromDays(55));
        await SweepAsync(server);

        Assert.Equal([3, 4], server.Store.ReadLicenses().Select(license => license.Sequence));
        Assert.Equal([3, 4], book.InOrder.Select(id => book.Find(id)!.License.Sequence));
        Assert.All(server.Store.ReadLeases(), lease => Assert.InRange(lease.License.Value, 3ul, 4ul));
        Assert.Null(book.Find(licenses[0].KeyHash));
        Assert.Equal(5, book.NextSequence);
    }

    [Fact]
    public async Task A_clock_that_jumped_ahead_while_the_server_was_off_deletes_nothing_for_a_day()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-retention-").FullName;
        var now = TemporaryNow;
        try
        {
            await using (var server = await TestServer.StartAsync(data, now, Short))
            {
                await SubmitDailyAsync(server, days: 3);
                now = server.Time.GetUtcNow();
            }

            await using var ahead = await TestServer.StartAsync(data, now.AddYears(2), Short);
            await SweepAsync(ahead);
            Assert.Equal((1, 4), (ahead.Store.OldestNumber, ahead.Store.InstanceCount));
            ahead.Time.Advance(TimeSpan.FromHours(25));
            await SweepAsync(ahead);
            Assert.Equal((7, 0), (ahead.Store.OldestNumber, ahead.Store.InstanceCount));
            Assert.Equal(0ul, (await ahead.Admin.GetServerInfoAsync(new(), ahead.Authorized)).OldestNumber);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task While_the_clock_is_doubted_nothing_is_deleted()
    {
        await using var server = await TestServer.StartAsync(settings: Short);
        await SubmitDailyAsync(server, days: 3);

        server.Time.Jump(TimeSpan.FromDays(400));
        await SweepAsync(server);

        Assert.Equal(1, server.Store.OldestNumber);
    }

    [Fact]
    public async Task A_server_that_is_restarted_every_night_deletes_too()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-retention-").FullName;
        var now = TemporaryNow;
        try
        {
            await using (var server = await TestServer.StartAsync(data, now, Short))
            {
                await SubmitDailyAsync(server, days: 30);
                now = server.Time.GetUtcNow();
            }

            for (var day = 30; day < 36; day++)
            {
                await using var server = await TestServer.StartAsync(data, now, Short);
                await SubmitAsync(server, "https://constant.example");
                server.Time.Advance(TimeSpan.FromHours(20));
                await SweepAsync(server);
                now = server.Time.GetUtcNow().AddHours(4);
                // A day later than it could, because this run cannot know that the night took no longer.
                Assert.Equal(Math.Max(0, 2 * (day - 1 - 31)) + 1, server.Store.OldestNumber);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static readonly DateTimeOffset TemporaryNow = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    private static Task SweepAsync(TestServer server) =>
        server.Part<RetentionSweeper>().SweepAsync(CancellationToken.None);

    /// <summary>Each day a new installation and a constant one report.</summary>
    private static async Task SubmitDailyAsync(TestServer server, int days)
    {
        for (var day = 0; day < days; day++)
        {
            await SubmitAsync(server, $"https://{server.Store.Current.Number}.example");
            await SubmitAsync(server, "https://constant.example");
            server.Time.Advance(TimeSpan.FromDays(1));
        }
    }

    private static async Task SubmitAsync(TestServer server, string installation) =>
        await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(SampleReports.Request(installation));
}
