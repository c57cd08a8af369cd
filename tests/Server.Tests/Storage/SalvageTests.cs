using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>What an operator does with damage: sees where it is, and keeps what can be proven.</summary>
public sealed class SalvageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_whole_store_is_verified_without_a_finding_and_without_a_change(bool killed)
    {
        var written = await WrittenStore.CreateAsync(killed);
        await using var temporary = new TemporaryStore();
        WriteFiles(written.Files, temporary);

        Assert.Empty(StoreVerification.Run(temporary.Options()));

        foreach (var (name, bytes) in written.Files)
        {
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(temporary.Directory, name)));
        }
    }

    [Theory]
    [InlineData(true, 11)]
    [InlineData(false, 12)]
    public async Task What_refuses_the_start_or_a_read_is_found_by_verification(bool killed, int seed)
    {
        var written = await WrittenStore.CreateAsync(killed);
        var random = new Random(seed);
        var found = 0;
        for (var trial = 0; trial < 60; trial++)
        {
            await using var temporary = new TemporaryStore();
            WriteFiles(Damaged(written, StoreFiles.All[trial % 3], random), temporary);
            var findings = StoreVerification.Run(temporary.Options());
            try
            {
                written.Acknowledged.AssertSame(await WrittenStore.Contents.ReadAsync(temporary.Open()));
            }
            catch (Exception e) when (e is StoreOpenException or StoreDamagedException)
            {
                found++;
                Assert.NotEmpty(findings);
            }
        }

        Assert.True(found > 0, "No damage was met.");
    }

    [Theory]
    [InlineData(true, 13)]
    [InlineData(false, 14)]
    public async Task A_salvage_keeps_only_what_was_acknowledged_and_names_every_report_that_is_gone(bool killed, int seed)
    {
        var written = await WrittenStore.CreateAsync(killed);
        var random = new Random(seed);
        for (var trial = 0; trial < 40; trial++)
        {
            await using var temporary = new TemporaryStore();
            WriteFiles(Damaged(written, StoreFiles.All[trial % 3], random), temporary);

            var words = StoreSalvage.Run(temporary.Options(), TemporaryStore.NoLimit.Now);

            Assert.Empty(StoreVerification.Run(temporary.Options()));
            var store = temporary.Open();
            var kept = await ReadAllWithGapsAsync(store);
            AssertSubset(written.Acknowledged.Reports, kept);
            var last = store.Current.Number;
            foreach (var gone in written.Acknowledged.Reports.Where(report => kept.TrueForAll(k => k.Position.Number != report.Position.Number)))
            {
                Assert.True(
                    store.GapThrough(gone.Position.Number) is not null || gone.Position.Number < store.OldestNumber
                    || words.Any(line => line.StartsWith("Not provable", StringComparison.Ordinal)),
                    $"{gone.Position.Number} is gone without a word: {string.Join(' ', words)}");
            }

            store.Commit([new RandomReports(random).Next(5_000)], TemporaryStore.NoLimit);
            Assert.Equal(last + 1, store.Current.Number);
            store = await temporary.ReopenAsync();
            Assert.Equal(kept.Count + 1, (await ReadAllWithGapsAsync(store)).Count);
        }
    }

    [Fact]
    public async Task Damage_that_later_pages_replaced_costs_nothing()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(64));
        for (var i = 0; i < 20; i++)
        {
            store.Commit([reports.Next(i)], TemporaryStore.NoLimit);
        }

        await using var copy = new TemporaryStore();
        temporary.CopyFilesTo(copy);
        var log = Path.Combine(copy.Directory, StoreFiles.FirstLog);
        var bytes = await File.ReadAllBytesAsync(log);
        // The first pages of the first filling are written anew by every commit.
        bytes[LogFile.PositionOf(4) + 4_000] ^= 1;
        await File.WriteAllBytesAsync(log, bytes);
        Assert.Throws<StoreOpenException>(() => copy.Open());

        StoreSalvage.Run(copy.Options(), TemporaryStore.NoLimit.Now);

        Assert.Equal(
            (await TemporaryStore.ReadAllAsync(store)).Select(StoredTexts.Text),
            (await TemporaryStore.ReadAllAsync(copy.Open())).Select(StoredTexts.Text));
    }

    [Fact]
    public async Task The_damaged_files_are_kept_aside()
    {
        var written = await WrittenStore.CreateAsync(killed: true);
        await using var temporary = new TemporaryStore();
        var damaged = Damaged(written, StoreFiles.Data, new Random(65));
        WriteFiles(damaged, temporary);

        var words = StoreSalvage.Run(temporary.Options(), TemporaryStore.NoLimit.Now);

        var aside = Path.Combine(temporary.Directory, "damaged-20261120-120000");
        Assert.Contains(words, line => line.Contains(aside, StringComparison.Ordinal));
        foreach (var (name, bytes) in damaged)
        {
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(aside, name)));
        }
    }

    private static Dictionary<string, byte[]> Damaged(WrittenStore written, string name, Random random) =>
        new(written.Files) { [name] = DamagedBytes.FlipBit(written.Files[name], random) };

    private static void WriteFiles(IReadOnlyDictionary<string, byte[]> files, TemporaryStore temporary)
    {
        foreach (var (name, bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(temporary.Directory, name), bytes);
        }
    }

    private static void AssertSubset(IReadOnlyList<StoredReport> acknowledged, List<StoredReport> kept)
    {
        var byNumber = acknowledged.ToDictionary(stored => stored.Position.Number);
        foreach (var stored in kept)
        {
            Assert.Equal(byNumber[stored.Position.Number].Text(), stored.Text());
        }
    }

    private static async Task<List<StoredReport>> ReadAllWithGapsAsync(LiteDbTelemetryStore store)
    {
        var events = new List<StoredReport>();
        for (var number = 0L; number < store.Current.Number;)
        {
            var page = await store.ReadAfterAsync(number, 100, CancellationToken.None);
            events.AddRange(page);
            number = page.Count > 0 ? page[^1].Position.Number : store.GapThrough(number + 1) ?? number + 100;
        }

        return events;
    }
}
