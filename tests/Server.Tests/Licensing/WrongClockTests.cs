using Microsoft.Extensions.Logging;
using Telemetry.Server.Licensing;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>A server whose clock was wrong for a while: nobody loses a seat, nobody is kept out for years.</summary>
public sealed class WrongClockTests
{
    private static readonly TimeSpan TwoYears = TimeSpan.FromDays(730);

    [Fact]
    public async Task A_check_while_the_clock_is_ahead_costs_no_other_installation_its_seat()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync();
        Assert.True((await server.CheckAsync(key, "https://paying.example")).Decision.Licensed);

        server.Time.Jump(TwoYears);
        Assert.True((await server.CheckAsync(key, "https://other.example")).Decision.Licensed);
        server.Time.Jump(-TwoYears);

        Assert.True((await server.CheckAsync(key, "https://paying.example")).Decision.Licensed);
        Assert.Equal(
            Wire.LicenseVerdict.BoundElsewhere, (await server.CheckAsync(key, "https://other.example")).Decision.Verdict);
        var usage = await server.LicenseAdmin.GetLicenseUsageAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
        Assert.Equal(
            new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero), Assert.Single(usage.Instances).BoundOn.ToDateTimeOffset());
    }

    [Fact]
    public async Task A_seat_that_was_renewed_while_the_clock_was_ahead_falls_free_as_if_it_had_been_today()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync();
        await server.CheckAsync(key, "https://a.example");
        server.Time.Jump(TimeSpan.FromDays(20));
        await server.CheckAsync(key, "https://a.example");
        // Stopping writes down what waits.
        await server.Part<LeaseRenewals>().StopAsync(CancellationToken.None);
        Assert.Equal(10, (await LeaseAsync(server, license)).LastCheckOn.ToDateTimeOffset().Day);
        server.Time.Jump(-TimeSpan.FromDays(20));

        var lease = await LeaseAsync(server, license);
        Assert.Equal(new DateTimeOffset(2026, 12, 21, 0, 0, 0, TimeSpan.Zero), lease.LeaseUntil.ToDateTimeOffset());
        server.Time.Advance(ClockMonitor.TrialPeriod);
        await server.Part<LeaseSweeper>().SweepAsync(CancellationToken.None);

        Assert.Equal(
            new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero), (await LeaseAsync(server, license)).LastCheckOn.ToDateTimeOffset());
        server.Time.Advance(TimeSpan.FromDays(31));
        Assert.True((await server.CheckAsync(key, "https://b.example")).Decision.Licensed);
    }

    [Fact]
    public async Task A_license_issued_while_the_clock_was_ahead_counts_at_once()
    {
        await using var server = await TestServer.StartAsync();
        server.Time.Jump(TwoYears);
        var (license, key) = await server.IssueAsync();
        server.Time.Jump(-TwoYears);

        Assert.Null(license.NotBefore);
        Assert.True((await server.CheckAsync(key)).Decision.Licensed);
    }

    [Fact]
    public async Task A_jump_is_logged_and_degrades_the_health_for_a_day()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal("ready\n", await server.HttpClient.GetStringAsync("/healthz"));

        server.Time.Jump(TwoYears);
        var health = await server.HttpClient.GetStringAsync("/healthz");

        Assert.StartsWith("ready\nThe clock was moved by 730.00:00:00 to 2028-11-19", health, StringComparison.Ordinal);
        Assert.Contains(server.Logs.Lines, line =>
            line.Level == LogLevel.Warning && line.Text.Contains("The clock was moved", StringComparison.Ordinal));
        var answer = await new Grpc.Health.V1.Health.HealthClient(server.Native).CheckAsync(new() { Service = "telemetry.v1.LicenseService" });
        Assert.Equal(Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);

        server.Time.Advance(ClockMonitor.TrialPeriod);
        Assert.Equal("ready\n", await server.HttpClient.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task A_small_correction_and_a_long_time_are_no_jump()
    {
        await using var server = await TestServer.StartAsync();

        server.Time.Jump(TimeSpan.FromMinutes(-4));
        server.Time.Advance(TimeSpan.FromDays(3));

        Assert.Equal("ready\n", await server.HttpClient.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task Stored_dates_that_are_ahead_of_the_clock_are_said_at_the_start()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-clock-").FullName;
        try
        {
            var now = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
            await using (var server = await TestServer.StartAsync(data, now + TwoYears))
            {
                await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(
                    SampleReports.Request());
            }

            await using (var server = await TestServer.StartAsync(data, now))
            {
                Assert.Contains("stored dates reach 2028-11-19", await server.HttpClient.GetStringAsync("/healthz"), StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Seats_are_removed_long_after_they_lapsed_and_never_while_the_clock_is_in_doubt()
    {
        await using var server = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync(order => order.InstancesAllowed = 10);
        await server.CheckAsync(key, "https://a.example");
        await server.CheckAsync(key, "https://b.example");
        var sweeper = server.Part<LeaseSweeper>();

        server.Time.Jump(TwoYears);
        await sweeper.SweepAsync(CancellationToken.None);
        server.Time.Advance(ClockMonitor.TrialPeriod - TimeSpan.FromMinutes(1));
        await sweeper.SweepAsync(CancellationToken.None);
        Assert.Equal(2, server.Store.ReadLeases().Count);

        server.Time.Jump(-TwoYears);
        await server.CheckAsync(key, "https://b.example");
        server.Time.Advance(TimeSpan.FromDays(30 + LeaseSweeper.GraceDays));
        await sweeper.SweepAsync(CancellationToken.None);
        Assert.Equal(2, server.Store.ReadLeases().Count);

        server.Time.Advance(TimeSpan.FromDays(2));
        await sweeper.SweepAsync(CancellationToken.None);
        Assert.Empty(server.Store.ReadLeases());
    }

    private static async Task<Wire.LicensedInstance> LeaseAsync(TestServer server, Wire.License license) =>
        (await server.LicenseAdmin.GetLicenseUsageAsync(new() { LicenseId = license.LicenseId }, server.Authorized)).Instances.Single();
}
