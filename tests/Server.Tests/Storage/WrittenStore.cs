using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>
/// A small store with everything a store can have: runs of several servers, several fillings of both logs, slots of the
/// state, licenses, seats, tokens, an audit log. Its files, and what was acknowledged.
/// </summary>
internal sealed class WrittenStore
{
    private WrittenStore(Dictionary<string, byte[]> files, Contents contents)
    {
        Files = files;
        Acknowledged = contents;
    }

    public IReadOnlyDictionary<string, byte[]> Files { get; }

    public Contents Acknowledged { get; }

    /// <summary>As a kill leaves it, with pages in both logs that the data file does not have; or as a clean stop does.</summary>
    public static async Task<WrittenStore> CreateAsync(bool killed)
    {
        await using var temporary = new TemporaryStore { CheckpointPages = 60 };
        var random = new Random(71);
        var reports = new RandomReports(random);
        for (var run = 0; run < 3; run++)
        {
            var store = temporary.Open();
            await store.ChangeTokensAsync(new TokenChanges([TokenOf(run)], []) { Audit = new AuditDraft(new byte[] { (byte)run, 1 }) }, CancellationToken.None);
            await store.ChangeLicensesAsync(
                new() { Licenses = [LicenseSamplesOf(run)], Leases = [LeaseOf(run)], Audit = new AuditDraft(new byte[] { (byte)run, 2 }) }, CancellationToken.None);
            await store.AppendAuditAsync([new AuditDraft(new byte[] { (byte)run, 3 }), new AuditDraft(new byte[] { (byte)run, 4 })], CancellationToken.None);
            for (var i = 0; i < 25; i++)
            {
                store.Commit(
                    [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => reports.Next(random.Next(120)))], TemporaryStore.NoLimit);
                // Comes after the checkpoint that the commit may have made due.
                await store.RecoverAsync(CancellationToken.None);
            }

            if (run < 2 || !killed)
            {
                await store.DisposeAsync();
            }
        }

        var files = StoreFiles.All.ToDictionary(
            name => name, name => File.ReadAllBytes(Path.Combine(temporary.Directory, name)));
        await using var reader = new TemporaryStore();
        return new WrittenStore(files, await Contents.ReadAsync(OpenFiles(reader, files)));
    }

    /// <summary>Opens files in memory; the directory of <paramref name="temporary"/> holds their names only.</summary>
    public static LiteDbTelemetryStore OpenFiles(TemporaryStore temporary, IReadOnlyDictionary<string, byte[]> files)
    {
        var open = files.ToDictionary(pair => pair.Key, pair => new MemoryFile(pair.Value));
        foreach (var name in files.Keys)
        {
            File.WriteAllBytes(Path.Combine(temporary.Directory, name), []);
        }

        temporary.OpenFile = path => open[Path.GetFileName(path)];
        return temporary.Open();
    }

    private static License LicenseSamplesOf(int number) => new()
    {
        Id = new LicenseId((ulong)number + 1),
        Sequence = number,
        KeyHash = new SubscriptionKeyHash(UInt128.MaxValue / (UInt128)(number + 1)),
        KeyMask = "RVOX-...-ABCD",
        CustomerReference = $"C-{number}",
        Edition = "enterprise",
        Apps = ["roomvox"],
        Limits = new Dictionary<string, ulong> { ["rooms"] = (ulong)number },
        InstancesAllowed = number + 1,
        Overage = OveragePolicy.Allow,
        NotBefore = TemporaryStore.NoLimit.Now,
        Grace = TimeSpan.FromDays(number),
        State = LicenseState.Active,
        IssuedAt = TemporaryStore.NoLimit.Now,
        ChangedAt = TemporaryStore.NoLimit.Now,
    };

    private static AccessToken TokenOf(int run) => new()
    {
        Id = new TokenId((ulong)run + 1),
        Name = $"token {run}",
        Scopes = Scopes.Read,
        Apps = ["roomvox"],
        Hash = Enumerable.Repeat((byte)run, 32).ToArray(),
        CreatedAt = TemporaryStore.NoLimit.Now,
    };

    private static LicenseLease LeaseOf(int license) => new(
        new LicenseId((ulong)license + 1), new LicensedInstanceId((UInt128)license), new DateOnly(2026, 11, 20), new DateOnly(2026, 11, 24),
        new Dictionary<string, ulong> { ["rooms"] = 7 });

    /// <summary>Everything that can be read from a store.</summary>
    internal sealed record Contents(
        IReadOnlyList<StoredReport> Reports, IReadOnlyList<string> Instances, IReadOnlyList<License> Licenses,
        IReadOnlyList<LicenseLease> Leases, IReadOnlyList<AccessToken> Tokens, IReadOnlyList<AuditEntry> Audit)
    {
        /// <exception cref="StoreDamagedException">Something cannot be read as it was written.</exception>
        public static async Task<Contents> ReadAsync(LiteDbTelemetryStore store) => new(
            await TemporaryStore.ReadAllAsync(store), store.InstanceTexts(), store.ReadLicenses(),
            store.ReadLeases(), store.Tokens, await store.ReadAuditAsync(0, long.MaxValue, newestFirst: false, int.MaxValue, CancellationToken.None));

        public void AssertSame(Contents other)
        {
            Assert.Equal(Reports.Select(stored => (stored.Position, stored.Text())), other.Reports.Select(stored => (stored.Position, stored.Text())));
            Assert.Equal(Instances, other.Instances);
            Assert.Equivalent(Licenses, other.Licenses, strict: true);
            Assert.Equivalent(Leases, other.Leases, strict: true);
            Assert.Equal(Audit.Select(entry => (entry.Number, Convert.ToHexString(entry.Hash.Span))), other.Audit.Select(entry => (entry.Number, Convert.ToHexString(entry.Hash.Span))));
            Assert.Equal(
                Tokens.Select(token => Convert.ToHexString(token.Hash.Span)),
                other.Tokens.Select(token => Convert.ToHexString(token.Hash.Span)));
        }
    }
}
