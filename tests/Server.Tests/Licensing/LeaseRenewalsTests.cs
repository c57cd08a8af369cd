using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Tests.Storage;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>When the day of the last check is written, and what a store that cannot write is told about.</summary>
public sealed class LeaseRenewalsTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly SubscriptionKeyHash Key = SampleLicense.Of(1).KeyHash;
    private static readonly LicensedInstanceId One = new(1);
    private static readonly LicensedInstanceId Two = new(2);
    private static readonly DateOnly Bound = new(2026, 11, 1);
    private static readonly DateOnly Today = DateOnly.FromDateTime(TemporaryStore.NoLimit.Now.UtcDateTime);

    private readonly TemporaryStore _temporary = new();
    private readonly WaitingTime _time = new(TemporaryStore.NoLimit.Now);
    private readonly CapturedLogs _logs = new();
    private readonly HeldStore _store;
    private readonly LicenseBook _book;
    private readonly LeaseRenewals _renewals;

    public LeaseRenewalsTests()
    {
        _store = new HeldStore(_temporary.Open());
        _book = new LicenseBook(_store);
        _renewals = new LeaseRenewals(_book, _time, new LoggerFactory([_logs]).CreateLogger<LeaseRenewals>());
    }

    public async ValueTask DisposeAsync()
    {
        _renewals.Dispose();
        _book.Dispose();
        await _temporary.DisposeAsync();
    }

    [Fact]
    public async Task Checks_are_written_every_ten_seconds_and_each_once()
    {
        await IssueAsync();
        await _renewals.StartAsync(CancellationToken.None);
        Assert.Equal(Interval, await _time.NextWaitAsync());
        _renewals.Note(Key, One);
        _time.Advance(Interval - TimeSpan.FromTicks(1));
        Assert.Equal(Bound, CheckedOn(One));

        _time.Advance(TimeSpan.FromTicks(1));

        await Patience.Until(() => CheckedOn(One) == Today, "the check is written");
        Assert.Equal(Bound, CheckedOn(Two));
        _renewals.Note(Key, Two);
        _time.Advance(Interval);
        await Patience.Until(() => CheckedOn(Two) == Today, "the next one is written");
        // Nothing is left: a day later no seat is written with another day.
        _time.Advance(TimeSpan.FromDays(1));
        await _renewals.StopAsync(CancellationToken.None);
        Assert.Equal((Today, Today), (CheckedOn(One), CheckedOn(Two)));
        Assert.True(_renewals.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_stop_writes_what_waits()
    {
        await IssueAsync();
        await _renewals.StartAsync(CancellationToken.None);
        _renewals.Note(Key, One);

        await _renewals.StopAsync(CancellationToken.None);

        Assert.Equal(Today, CheckedOn(One));
    }

    [Fact]
    public async Task A_store_that_cannot_write_is_told_once_until_it_could_and_nothing_is_lost()
    {
        await IssueAsync();
        _renewals.Note(Key, One);
        _renewals.Note(Key, Two);
        _store.Broken = "full";
        await _renewals.StopAsync(CancellationToken.None);
        await _renewals.StopAsync(CancellationToken.None);
        Assert.Contains(" 2 licensed installations", Assert.Single(_logs.Lines).Text, StringComparison.Ordinal);

        _store.Broken = null;
        await _renewals.StopAsync(CancellationToken.None);
        Assert.Equal((Today, Today), (CheckedOn(One), CheckedOn(Two)));
        // Nothing waits now, so nothing can fail.
        _time.Advance(TimeSpan.FromDays(1));
        _store.Broken = "full";
        await _renewals.StopAsync(CancellationToken.None);
        Assert.Single(_logs.Lines);

        _renewals.Note(Key, One);
        await _renewals.StopAsync(CancellationToken.None);
        Assert.Equal(2, _logs.Lines.Count);
        Assert.All(_logs.Lines, line => Assert.Equal(LogLevel.Warning, line.Level));
    }

    private DateOnly CheckedOn(LicensedInstanceId instance) =>
        _store.ReadLeases().Single(lease => lease.Instance == instance).LastCheckOn;

    private async Task IssueAsync()
    {
        var license = SampleLicense.Of(1);
        var leases = new[] { One, Two }.ToImmutableDictionary(
            instance => instance, instance => new LicenseLease(license.Id, instance, Bound, Bound, LicenseLease.NoUsage));
        await _book.ChangeAsync(Key, _ => new LicenseEntry(license, leases), CancellationToken.None);
    }
}
