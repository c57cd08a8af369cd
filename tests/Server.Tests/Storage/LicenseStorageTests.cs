using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

public sealed class LicenseStorageTests
{
    private static readonly LicensedInstanceId Instance = new(UInt128.MaxValue - 5);
    private static readonly LicenseChanges Gone = new() { Released = [(new LicenseId(7), Instance)] };

    [Fact]
    public async Task Changes_are_on_disk_when_their_task_completes()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var licenses = Enumerable.Range(1, 5).Select(LicenseOf).ToList();
        await store.ChangeLicensesAsync(new() { Licenses = licenses, Leases = [LeaseOf(1), LeaseOf(2)] }, CancellationToken.None);
        var changed = licenses[4] with { State = LicenseState.Revoked, ExpiresAt = null };
        await store.ChangeLicensesAsync(
            new() { Licenses = [changed], Released = [(new LicenseId(1), Instance)] }, CancellationToken.None);

        await using var copy = new TemporaryStore();
        temporary.CopyFilesTo(copy);

        AssertAsWritten(copy.Open());
        AssertAsWritten(await temporary.ReopenAsync());

        void AssertAsWritten(LiteDbTelemetryStore opened)
        {
            Assert.Equivalent(licenses[..4].Append(changed), opened.ReadLicenses(), strict: true);
            Assert.Equivalent(new[] { LeaseOf(2) }, opened.ReadLeases(), strict: true);
        }
    }

    [Fact]
    public async Task A_change_that_changes_nothing_completes_and_holds_up_nobody()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        LicenseChanges[] nothing = [new(), Gone, Gone];
        foreach (var changes in nothing)
        {
            await Patience.For(store.ChangeLicensesAsync(changes, CancellationToken.None).AsTask(), "nothing is changed");
        }

        await Patience.For(
            store.ChangeLicensesAsync(new() { Leases = [LeaseOf(1)] }, CancellationToken.None).AsTask(), "the next change is made");
        Assert.Single((await temporary.ReopenAsync()).ReadLeases());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task A_disk_that_fails_keeps_what_was_acknowledged_and_nothing_else(int failEvery)
    {
        var faults = new Faults();
        await using var temporary = new TemporaryStore { OpenFile = path => new FaultyFile(new DiskFile(path), faults) };
        var store = temporary.Open();
        var acknowledged = new List<LicenseId>();
        var failures = 0;
        for (var i = 1; i <= 60; i++)
        {
            faults.FailIn = faults.FailIn == int.MaxValue ? failEvery : faults.FailIn;
            try
            {
                await store.ChangeLicensesAsync(new() { Licenses = [LicenseOf(i)] }, CancellationToken.None);
                acknowledged.Add(new LicenseId((ulong)i));
            }
            catch (StoreUnavailableException)
            {
                failures++;
            }

            temporary.Time.Advance(TimeSpan.FromSeconds(2));
        }

        faults.FailIn = int.MaxValue;
        temporary.Time.Advance(TimeSpan.FromSeconds(2));
        // Heals the store; until then a change that was refused last may still lie in the log.
        await store.ChangeLicensesAsync(new() { Licenses = [LicenseOf(61)] }, CancellationToken.None);
        acknowledged.Add(new LicenseId(61));
        store = await temporary.ReopenAsync();
        Assert.True(failures > 0, "No fault was met.");
        Assert.Equal(acknowledged, store.ReadLicenses().Select(license => license.Id));
    }

    private static License LicenseOf(int number) => new()
    {
        Id = new LicenseId((ulong)number),
        Sequence = number,
        KeyHash = new SubscriptionKeyHash(UInt128.MaxValue / (UInt128)number),
        KeyMask = "RVOX-...-ABCD",
        CustomerReference = $"C-{number}",
        Edition = "enterprise",
        Apps = ["roomvox", "introvox"],
        Limits = new Dictionary<string, ulong> { ["rooms"] = (ulong)number, ["users"] = long.MaxValue },
        InstancesAllowed = number,
        Overage = OveragePolicy.Allow,
        NotBefore = number % 2 == 0 ? TemporaryStore.NoLimit.Now : null,
        IssuedBy = number % 2 == 0 ? null : new IssueCall(UInt128.MaxValue - (UInt128)number, 7),
        ExpiresAt = TemporaryStore.NoLimit.Now.AddMilliseconds(number),
        Grace = TimeSpan.FromDays(number),
        State = LicenseState.Active,
        IssuedAt = TemporaryStore.NoLimit.Now,
        ChangedAt = TemporaryStore.NoLimit.Now.AddDays(1),
    };

    private static LicenseLease LeaseOf(int license) => new(
        new LicenseId((ulong)license), Instance, new DateOnly(2026, 11, 20), new DateOnly(2026, 11, 24),
        new Dictionary<string, ulong> { ["rooms"] = 7 });
}
