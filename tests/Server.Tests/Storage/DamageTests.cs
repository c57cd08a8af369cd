using Microsoft.Extensions.Diagnostics.HealthChecks;
using Telemetry.Server.Hosting;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Bytes that changed after they were written: refused in words, or everything acknowledged is intact.</summary>
public sealed class DamageTests
{
    private const int LogFrame = 8 + 8192;
    private const int Page = 8192;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    [InlineData(false, 4)]
    public async Task A_flipped_bit_is_refused_or_harms_nothing(bool killed, int seed)
    {
        var written = await WrittenStore.CreateAsync(killed);
        var random = new Random(seed);
        var outcomes = new Outcomes();
        for (var trial = 0; trial < 500; trial++)
        {
            await TryAsync(written, PickFile(written, random), bytes => DamagedBytes.FlipBit(bytes, random), outcomes);
        }

        outcomes.AssertBothKinds();
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 6)]
    public async Task A_lost_sector_or_end_or_a_page_in_the_wrong_place_is_refused_or_harms_nothing(bool killed, int seed)
    {
        var written = await WrittenStore.CreateAsync(killed);
        var random = new Random(seed);
        var outcomes = new Outcomes();
        for (var trial = 0; trial < 240; trial++)
        {
            var name = PickFile(written, random);
            var block = name == StoreFiles.Data ? Page : LogFrame;
            await TryAsync(written, name, bytes => (trial % 4) switch
            {
                0 => DamagedBytes.ZeroSector(bytes, random),
                1 => DamagedBytes.Truncate(bytes, random),
                2 => DamagedBytes.DuplicateBlock(bytes, block, random),
                _ => DamagedBytes.SwapBlocks(bytes, block, random),
            }, outcomes);
        }

        outcomes.AssertBothKinds();
    }

    [Theory]
    [InlineData(StoreFiles.FirstLog)]
    [InlineData(StoreFiles.SecondLog)]
    public async Task Lost_neighbors_at_the_head_of_a_log_are_refused_or_harm_nothing(string name)
    {
        const int Sector = 512;
        var written = await WrittenStore.CreateAsync(killed: true);
        var outcomes = new Outcomes();
        foreach (var length in new[] { 2, 8, 16, 24, 40 })
        {
            for (var start = 0L; start < LogFile.PositionOf(1); start += 4 * Sector)
            {
                await TryAsync(written, name, bytes =>
                {
                    var copy = bytes.ToArray();
                    copy.AsSpan((int)start, length * Sector).Clear();
                    return copy;
                }, outcomes);
            }
        }

        outcomes.AssertBothKinds();
    }

    [Theory]
    [InlineData(StoreFiles.Data)]
    [InlineData(StoreFiles.FirstLog)]
    [InlineData(StoreFiles.SecondLog)]
    public async Task A_file_that_became_empty_is_refused(string name)
    {
        var written = await WrittenStore.CreateAsync(killed: true);
        await using var temporary = new TemporaryStore();
        var files = new Dictionary<string, byte[]>(written.Files) { [name] = [] };

        Assert.Throws<StoreOpenException>(() => WrittenStore.OpenFiles(temporary, files));
    }

    [Fact]
    public async Task Damage_in_the_last_acknowledged_commit_is_no_torn_end()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        store.Commit([new RandomReports(new Random(61)).Next(1)], TemporaryStore.NoLimit);
        await using var copy = new TemporaryStore();
        temporary.CopyFilesTo(copy);
        var log = Path.Combine(copy.Directory, StoreFiles.FirstLog);
        var bytes = await File.ReadAllBytesAsync(log);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(log, bytes);

        var refusal = Assert.Throws<StoreOpenException>(() => copy.Open());

        Assert.Contains($"'{StoreFiles.FirstLog}' at byte ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--salvage", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(log));
    }

    [Fact]
    public async Task Damage_under_a_running_server_is_not_served_and_not_moved()
    {
        await using var temporary = new TemporaryStore();
        var files = StoreFiles.All.ToDictionary(name => name, _ => new MemoryFile([]));
        temporary.OpenFile = path => files[Path.GetFileName(path)];
        var store = temporary.Open();
        var reports = new RandomReports(new Random(62));
        for (var i = 0; i < 20; i++)
        {
            store.Commit([.. Enumerable.Range(0, 100).Select(j => reports.Next((100 * i) + j))], TemporaryStore.NoLimit);
        }

        store = await temporary.ReopenAsync();
        var data = files[StoreFiles.Data];
        // Whatever pages the events are on; the start has read some of them already.
        for (var page = 1; page < data.Length / Page; page++)
        {
            data.Write([0xA5], (page * Page) + 200);
        }

        await Assert.ThrowsAsync<StoreDamagedException>(() => TemporaryStore.ReadAllAsync(store));
        Assert.Contains(StoreFiles.Data, store.Damage, StringComparison.Ordinal);
        var health = await new StoreHealthCheck(store).CheckHealthAsync(new(), CancellationToken.None);
        Assert.Equal(HealthStatus.Degraded, health.Status);
    }

    [Fact]
    public async Task A_damaged_log_is_not_moved_into_the_data_file()
    {
        await using var temporary = new TemporaryStore();
        var files = StoreFiles.All.ToDictionary(name => name, _ => new MemoryFile([]));
        temporary.OpenFile = path => files[Path.GetFileName(path)];
        var store = temporary.Open();
        store.Commit([new RandomReports(new Random(63)).Next(1)], TemporaryStore.NoLimit);
        var log = files[StoreFiles.FirstLog];
        for (var frame = 0; LogFile.PositionOf(frame) < log.Length; frame++)
        {
            log.Write([0xA5], LogFile.PositionOf(frame) + 4_000);
        }

        await store.DisposeAsync();

        var refusal = Assert.Throws<StoreOpenException>(() => temporary.Open());
        Assert.Contains($"'{StoreFiles.FirstLog}' at byte ", refusal.Message, StringComparison.Ordinal);
    }

    private static string PickFile(WrittenStore written, Random random)
    {
        var at = random.NextInt64(written.Files.Values.Sum(bytes => (long)bytes.Length));
        foreach (var (name, bytes) in written.Files)
        {
            if ((at -= bytes.Length) < 0)
            {
                return name;
            }
        }

        return StoreFiles.Data;
    }

    private static async Task TryAsync(
        WrittenStore written, string name, Func<byte[], byte[]> damage, Outcomes outcomes)
    {
        await using var temporary = new TemporaryStore();
        var files = new Dictionary<string, byte[]>(written.Files) { [name] = damage(written.Files[name]) };
        try
        {
            var store = WrittenStore.OpenFiles(temporary, files);
            written.Acknowledged.AssertSame(await WrittenStore.Contents.ReadAsync(store));
            outcomes.Intact++;
            if (outcomes.Intact % 10 == 0)
            {
                store.Commit([new RandomReports(new Random(1)).Next(1)], TemporaryStore.NoLimit);
                store = await temporary.ReopenAsync();
                Assert.Equal(written.Acknowledged.Reports.Count + 1, (await WrittenStore.Contents.ReadAsync(store)).Reports.Count);
            }
        }
        catch (StoreOpenException e)
        {
            Assert.Contains("telemetry.", e.Message, StringComparison.Ordinal);
            Assert.Contains("backup", e.Message, StringComparison.Ordinal);
            outcomes.Refused++;
        }
        catch (StoreDamagedException e)
        {
            Assert.Equal(e.Message, temporary.Store.Damage);
            outcomes.Refused++;
        }
    }

    private sealed class Outcomes
    {
        public int Intact { get; set; }

        public int Refused { get; set; }

        public void AssertBothKinds() => Assert.True(Intact > 0 && Refused > 0, $"{Intact} intact, {Refused} refused");
    }
}
