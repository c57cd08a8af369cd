using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Who owns what is stored outlives kills, snapshots and files, and nothing that is erased or forgotten.</summary>
public sealed class OwnershipTests
{
    private const string App = SampleReports.App;
    private const ulong Owner = 0xF00D_BABE_CAFE_0001;
    private const ulong Mark = 77;

    private readonly RandomReports _reports = new(new Random(9));

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A_killed_store_knows_owners_by_the_log_and_by_snapshots(int othersAfter)
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        Commit(store, 1, Owner, Owner);
        Commit(store, 2, Owner, 0);
        Commit(store, 3, 0, Owner);
        Commit(store, 4, Owner, Owner + 1, Owner);
        for (var i = 0; i < othersAfter; i++)
        {
            // Enough that all slots are written once and more.
            Commit(store, 100 + (i % 5), 0);
        }

        await using var copy = new TemporaryStore();
        temporary.CopyFilesTo(copy);
        var recovered = copy.Open();

        Assert.Equal([true, false, false, false], new[] { 1, 2, 3, 4 }.Select(instance => IsOwned(recovered, instance)));
        Assert.False(IsOwned(recovered, 1, Owner + 1));
        Commit(recovered, 1, Owner);
        Assert.True(IsOwned(await copy.ReopenAsync(), 1));
        Commit(copy.Store, 1, 0);
        Assert.False(IsOwned(copy.Store, 1));
        Assert.False(IsOwned(await copy.ReopenAsync(), 1));
    }

    [Fact]
    public async Task An_erasure_for_an_owner_erases_nothing_of_anybody_else_and_keeps_what_its_owner_is_known_by()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        Commit(store, 1, Owner, Owner);

        Assert.Null(await EraseAsync(store, needed: Owner + 1));
        Assert.True(IsOwned(store, 1));
        var erasure = await EraseAsync(store, needed: Owner);

        Assert.Equal((2, Mark), (erasure!.Reports, erasure.OwnerMark));
        Assert.False(IsOwned(store, 1));
        Assert.Equal(Mark, (await temporary.ReopenAsync()).Erasures.Single().OwnerMark);
        // A new life has a new owner, or none.
        Commit(temporary.Store, 1, Owner + 1);
        Assert.True(IsOwned(temporary.Store, 1, Owner + 1));
        Assert.Null(await EraseAsync(temporary.Store, needed: Owner));
    }

    [Fact]
    public async Task Whoever_is_forgotten_owns_nothing_when_he_comes_back()
    {
        await using var temporary = new TemporaryStore { EventsInDatabase = 1 };
        var store = temporary.Open();
        Commit(store, 1, Owner);
        var later = TemporaryStore.NoLimit.Now.AddDays(2_000);
        store.Commit([_reports.Next(2)], TemporaryStore.NoLimit with { Now = later });
        await temporary.MoveAllAsync(later.AddDays(2));
        await store.DropThroughAsync(1, CancellationToken.None);

        Assert.Equal(1, await store.ForgetSilentAsync(later, CancellationToken.None));
        store.Commit([_reports.Next(1)], TemporaryStore.NoLimit with { Now = later });

        Assert.False(IsOwned(store, 1));
        Assert.NotNull(store.FindInstance(_reports.Next(1).Instance, App));
    }

    [Fact]
    public async Task A_salvage_keeps_owners_whose_reports_are_all_there()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        Commit(store, 1, Owner, Owner);
        await EraseAsync(store, needed: null, instance: 5);
        await store.DisposeAsync();

        StoreSalvage.Run(temporary.Options(), TemporaryStore.NoLimit.Now);

        Assert.True(IsOwned(temporary.Open(), 1));
    }

    /// <summary>One that damage took may have been somebody else's.</summary>
    [Fact]
    public void Nobody_owns_where_a_report_in_between_is_gone()
    {
        var fleet = new Server.Storage.State.FleetState(new Telemetry.Schema.AppRegistry(), blockSize: 8);
        var report = _reports.Next(1) with { Owner = Owner };
        fleet.Replay(StoredReport.Of(new(1, 1), 0, EventKinds.ReportAccepted, 0, report, OwnershipChange.Begun));
        fleet.Replay(StoredReport.Of(new(1, 2), 0, EventKinds.ReportAccepted, 1, report));
        Assert.Equal(Owner, fleet.OwnerOf(report.Instance, App));

        fleet.Replay(StoredReport.Of(new(1, 4), 0, EventKinds.ReportAccepted, 3, report));

        Assert.Equal(0ul, fleet.OwnerOf(report.Instance, App));
        Assert.Null(fleet.FindOwned(report.Instance, App, 0));
    }

    [Fact]
    public void A_record_with_an_owner_hands_out_the_same_report_as_one_without()
    {
        var report = _reports.Next(1) with { Owner = Owner };
        var kinds = EventKinds.ReportAccepted | EventKinds.InstanceDiscovered | EventKinds.ClaimRefused;
        var plain = StoredReport.Of(new(1, 1), 5, kinds, 3, report);

        foreach (var change in Enum.GetValues<OwnershipChange>())
        {
            var stored = StoredReport.Read(new(1, 1), StoredReport.Of(new(1, 1), 5, kinds, 3, report, change).Record);

            Assert.Equal((kinds, change, change == OwnershipChange.Begun ? Owner : 0), (stored.Kinds, stored.Ownership, stored.Owner));
            Assert.Equal(plain.Body.Bytes.ToArray(), stored.Body.Bytes.ToArray());
            Assert.Equal((plain.App, plain.AppVersion, plain.PreviousNumber, plain.Claim), (stored.App, stored.AppVersion, stored.PreviousNumber, stored.Claim));
        }
    }

    private void Commit(LiteDbTelemetryStore store, int instance, params ulong[] owners)
    {
        foreach (var owner in owners)
        {
            var outcome = store.Commit([_reports.Next(instance) with { Owner = owner }], TemporaryStore.NoLimit).Single();
            Assert.Equal(CommitDecision.Accepted, outcome.Decision);
        }
    }

    private bool IsOwned(LiteDbTelemetryStore store, int instance, ulong owner = Owner) => store.FindOwned(_reports.Next(instance).Instance, App, owner) is not null;

    private async Task<Erasure?> EraseAsync(LiteDbTelemetryStore store, ulong? needed, int instance = 1) => await store.EraseAsync(
        _reports.Next(instance).Instance, App, 1, _ => new AuditDraft(new byte[] { 1 }), CancellationToken.None, new ErasedOwner(owner => owner == 0 ? 0 : Mark, needed));
}
