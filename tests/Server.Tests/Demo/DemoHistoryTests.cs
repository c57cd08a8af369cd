using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Telemetry.Schema;
using Telemetry.Server.Demo;
using Telemetry.Server.Hosting;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Demo;

public sealed class DemoHistoryTests : IDisposable
{
    private static readonly DateOnly FirstDay = new(2026, 1, 5);

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-demo-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_past_is_in_the_store_as_if_it_had_been_reported()
    {
        var output = await PrepareAsync(_directory, Noon(80));

        Assert.Contains("Demo   writes what it reported: day 0 of 81, 0 reports", output, StringComparison.Ordinal);
        Assert.Contains("day 81 of 81", output, StringComparison.Ordinal);
        var events = await EventsAsync(_directory);
        Assert.True(events.Count > 30_000);
        Assert.Equal(events.OrderBy(stored => stored.AcceptedAtMs), events);
        Assert.True(events[0].AcceptedAt < Noon(0) && events[^1].AcceptedAt <= Noon(80) && events[^1].AcceptedAt > Noon(80).AddHours(-1));
        // The daily wave: reports at every hour.
        Assert.Equal(24, events.Where(stored => stored.AcceptedAt.Date == Noon(40).Date).Select(stored => stored.AcceptedAt.Hour).Distinct().Count());
        Assert.Equal(6, events.Select(stored => stored.App).Distinct().Count());
        Assert.All(
            [EventKinds.InstanceDiscovered, EventKinds.InstanceReturned, EventKinds.AppVersionChanged, EventKinds.ClaimRefused],
            kind => Assert.Contains(events, stored => stored.Kinds.HasFlag(kind)));
        Assert.All(
            [CountrySource.None, CountrySource.Reported, CountrySource.Timezone],
            source => Assert.Contains(events, stored => stored.CountrySource == source));
        Assert.Contains(events, stored => stored.Claim.Verdict == ClaimVerdict.Verified);
        LicenseVerdict[] reasons = [LicenseVerdict.NotFound, LicenseVerdict.MalformedKey, LicenseVerdict.KeyMissing];
        Assert.Subset(events.Select(stored => stored.Claim.Reason).ToHashSet(), reasons.ToHashSet());
    }

    [Fact]
    public async Task Licenses_are_issued_on_their_day_once_and_installations_take_seats()
    {
        await PrepareAsync(_directory, Noon(35));
        await PrepareAsync(_directory, Noon(36));

        await using var store = Open(_directory);
        var licenses = store.ReadLicenses();
        Assert.Equal(
            DemoLicense.All.Where(license => license.Issued <= 36).Select(license => (license.Customer, FirstDay.AddDays(license.Issued))),
            licenses.Select(license => (license.CustomerReference, DateOnly.FromDateTime(license.IssuedAt.UtcDateTime))));
        Assert.NotEmpty(store.ReadLeases());
    }

    [Fact]
    public async Task A_later_start_goes_on_with_the_same_simulation()
    {
        var atOnce = Path.Combine(_directory, "at-once");
        var inParts = Path.Combine(_directory, "in-parts");
        await PrepareAsync(atOnce, Noon(9));

        foreach (var day in new[] { 3, 3, 4, 9 })
        {
            await PrepareAsync(inParts, Noon(day));
        }

        Assert.Equal(await IdsAsync(atOnce), await IdsAsync(inParts));
    }

    [Fact]
    public async Task A_directory_with_reports_that_no_demo_wrote_is_refused_and_stays_as_it_is()
    {
        await LiteDbTelemetryStore.Open(
            new LiteDbStoreOptions { Directory = _directory }, new AppRegistry(), TimeProvider.System,
            NullLogger<LiteDbTelemetryStore>.Instance).DisposeAsync();
        var before = Directory.GetFiles(_directory).Order(StringComparer.Ordinal).ToList();

        var refusal = await Assert.ThrowsAsync<StoreOpenException>(() => DemoStart.PrepareAsync(
            CommandLine.Parse(["--demo", "--data", _directory]), Noon(3), TextWriter.Null));

        Assert.Contains("holds reports that no demo wrote", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(_directory).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_mark_that_says_nothing_is_refused_with_the_way_out()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "demo.json"), "null");

        var refusal = await Assert.ThrowsAsync<StoreOpenException>(() => DemoStart.PrepareAsync(
            CommandLine.Parse(["--demo", "--data", _directory]), Noon(3), TextWriter.Null));

        Assert.Contains("Delete the directory", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fleet_goes_on_over_real_gRPC_and_its_licensed_installations_keep_their_seats()
    {
        var now = TimeProvider.System.GetUtcNow();
        var line = LineFor(_directory, FirstDayOf(now.AddDays(-12)));
        await DemoStart.PrepareAsync(line, now, TextWriter.Null);
        await using var app = ServerHost.Build(line, builder => builder.Logging.ClearProviders());
        var store = app.Services.GetRequiredService<ITelemetryStore>();
        var before = store.Current.Number;

        await app.StartAsync();
        for (var number = before; number < before + 20; number++)
        {
            await Patience.For(store.WaitForEventAfterAsync(number, CancellationToken.None), $"event {number + 1}");
        }

        var events = await store.ReadAfterAsync(before, 20, CancellationToken.None);
        Assert.All(events, stored => Assert.True(stored.AcceptedAt >= now.AddSeconds(-1)));
        Assert.Equal(20, events.Select(stored => (stored.Instance, stored.App)).Distinct().Count());
        Assert.NotEmpty(app.Services.GetRequiredService<LicenseBook>().InOrder);
        await app.StopAsync();
    }

    /// <summary>Noon of a day of the simulation.</summary>
    private static DateTimeOffset Noon(int day) => new(FirstDay.AddDays(day), new TimeOnly(12, 0), TimeSpan.Zero);

    private static DateOnly FirstDayOf(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);

    private static CommandLine LineFor(string directory, DateOnly firstDay)
    {
        // A fleet that began then has its whole past behind it now.
        DemoDirectory.Claim(directory, firstDay.AddDays(DemoFleet.PastDays));
        return CommandLine.Parse(["--data", directory, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--demo"]);
    }

    private static async Task<string> PrepareAsync(string directory, DateTimeOffset now)
    {
        var output = new StringWriter();
        await DemoStart.PrepareAsync(LineFor(directory, FirstDay), now, output);
        return output.ToString();
    }

    private static LiteDbTelemetryStore Open(string directory) => LiteDbTelemetryStore.Open(
        new LiteDbStoreOptions { Directory = directory }, new AppRegistry(), TimeProvider.System,
        NullLogger<LiteDbTelemetryStore>.Instance);

    private static async Task<List<StoredReport>> EventsAsync(string directory)
    {
        await using var store = Open(directory);
        var events = new List<StoredReport>();
        while (await store.ReadAfterAsync(events.Count, 1_000, CancellationToken.None) is { Count: > 0 } page)
        {
            events.AddRange(page);
        }

        return events;
    }

    private static async Task<List<(Guid, DateTimeOffset)>> IdsAsync(string directory) =>
        [.. (await EventsAsync(directory)).Select(stored => (stored.ReportId, stored.AcceptedAt))];
}
