using Telemetry.DataFiles;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A copy that is made while everything goes on is the store as it was at one position.</summary>
public sealed class StoreCopyTests : IDisposable
{
    private static readonly DateTimeOffset Start = TemporaryStore.NoLimit.Now;

    private readonly string _copies = Directory.CreateTempSubdirectory("telemetry-copies-").FullName;
    private readonly BackupSet _set;

    public StoreCopyTests() => _set = new BackupSet(Path.Combine(_copies, "backups"));

    public void Dispose() => Directory.Delete(_copies, recursive: true);

    /// <remarks>The writer goes on as fast as it can, checkpoints come every few commits, and days move into segments and are dropped.</remarks>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_copy_under_full_load_has_every_report_through_its_position_and_none_after_it(int seed)
    {
        await using var temporary = new TemporaryStore { SegmentBytes = 20_000, EventsInDatabase = 500, CheckpointPages = 60 };
        var store = temporary.Open();
        var reports = new RandomReports(new Random(seed));
        var committed = new List<Guid>();
        using var stop = new CancellationTokenSource();
        var (random, now) = (new Random(seed), Start);
        Write(300);
        var writing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Write(random.Next(1, 40));
            }
        });
        var tidying = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await store.MoveStepAsync(now, CancellationToken.None);
                await store.DropThroughAsync(store.LastNumberBefore(now.AddDays(-6)), CancellationToken.None);
            }
        });

        var copies = new List<(Backup Backup, FeedPosition Position, long AtLeast)>();
        for (var copy = 0; copy < 4; copy++)
        {
            var atLeast = store.Current.Number;
            using var draft = _set.Begin(Start.AddMinutes(copy));
            var position = await store.CopyAsync(draft, static _ => { }, CancellationToken.None);
            copies.Add((draft.Complete(DescribedAt(position), static _ => { }, CancellationToken.None), position, atLeast));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writing, tidying);

        foreach (var (backup, position, atLeast) in copies)
        {
            Assert.Empty(backup.Verify(static _ => { }, CancellationToken.None));
            await using var restored = new TemporaryStore();
            BackupRestore.Run(backup, [], restored.Directory, replace: false, Start, static _ => { }, CancellationToken.None);
            Assert.Empty(StoreVerification.Run(restored.Options()));
            var opened = restored.Open();
            Assert.InRange(position.Number, atLeast, committed.Count);
            Assert.Equal(position, opened.Current);
            var kept = await KeptAsync(opened);
            Assert.Equal(committed.Take((int)position.Number).Skip((int)opened.OldestNumber - 1), kept.Select(stored => stored.ReportId));
            AssertStates(kept, opened, opened.OldestNumber);
            Assert.True(store.Reached(position));
            // It goes on as a store of its own, and readers who had seen more are told.
            Assert.False(opened.Reached(store.Current));
            opened.Commit([reports.Next(1)], new CommitRules(now, TimeSpan.Zero));
            Assert.Equal(position.Number + 1, opened.Current.Number);
            Assert.False(store.Reached(opened.Current));
        }

        Assert.True(copies[^1].Position.Number > copies[0].Position.Number);

        void Write(int count)
        {
            now += TimeSpan.FromHours(random.Next(0, 5));
            var batch = Enumerable.Range(0, count).Select(_ => reports.Next(random.Next(60))).ToList();
            store.Commit(batch, new CommitRules(now, TimeSpan.Zero));
            committed.AddRange(batch.Select(report => report.ReportId));
        }
    }

    [Fact]
    public async Task The_second_copy_shares_the_days_that_are_over_and_either_can_be_deleted()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(4));
        for (var day = 0; day < 8; day++)
        {
            store.Commit([.. Enumerable.Range(0, 400).Select(reports.Next)], new CommitRules(Start.AddDays(day), TimeSpan.Zero));
        }

        await temporary.MoveAllAsync(Start.AddDays(8));
        var first = await CopyAsync(store);
        store.Commit([reports.Next(1)], new CommitRules(Start.AddDays(8), TimeSpan.Zero));

        var second = await CopyAsync(store);

        var segments = temporary.SegmentFiles.Sum(path => new FileInfo(path).Length);
        Assert.Equal(first.Description.Bytes, first.Description.NewBytes);
        Assert.Equal(second.Description.Bytes - segments, second.Description.NewBytes);
        Assert.Equal([second.Name, first.Name], _set.List().Backups.Select(backup => backup.Name));
        Assert.Equal([first.Name], _set.Keep(1));
        Assert.Empty(second.Verify(static _ => { }, CancellationToken.None));
        await using var restored = new TemporaryStore();
        BackupRestore.Run(second, [], restored.Directory, replace: false, Start, static _ => { }, CancellationToken.None);
        Assert.Equal(3_201, (await KeptAsync(restored.Open())).Count);
    }

    /// <summary>After a restore, a name can mean another content.</summary>
    [Fact]
    public async Task A_file_of_the_same_name_with_another_content_is_not_shared()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        store.Commit([.. Enumerable.Range(0, 50).Select(new RandomReports(new Random(5)).Next)], new CommitRules(Start, TimeSpan.Zero));
        await temporary.MoveAllAsync(Start.AddDays(2));
        var first = await CopyAsync(store);
        var shared = Path.Combine(first.Path, "segments", Path.GetFileName(temporary.SegmentFiles[0]));
        var bytes = await File.ReadAllBytesAsync(shared);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(shared, bytes);

        var second = await CopyAsync(store);

        Assert.Equal(second.Description.Bytes, second.Description.NewBytes);
        Assert.Empty(second.Verify(static _ => { }, CancellationToken.None));
        Assert.Contains("is not what was written", Assert.Single(first.Verify(static _ => { }, CancellationToken.None)), StringComparison.Ordinal);
        await using var restored = new TemporaryStore();
        var refused = Assert.Throws<InvalidDataException>(() => BackupRestore.Run(
            first, [], restored.Directory, replace: false, Start, static _ => { }, CancellationToken.None));
        Assert.Contains("Restore another backup", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(restored.Directory), path => DataDirectory.Contents.Contains(Path.GetFileName(path)));
    }

    [Fact]
    public async Task What_is_damaged_is_not_copied()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        store.Commit([.. Enumerable.Range(0, 300).Select(new RandomReports(new Random(6)).Next)], new CommitRules(Start, TimeSpan.Zero));
        await temporary.MoveAllAsync(Start.AddDays(2));
        store = await temporary.ReopenAsync();
        FlipBit(temporary.SegmentFiles[0], 1_000);
        await Assert.ThrowsAsync<StoreDamagedException>(async () => await CopyAsync(store));
        FlipBit(temporary.SegmentFiles[0], 1_000);

        FlipBit(Path.Combine(temporary.Directory, StoreFiles.Data), 3 * 8_192 + 5_000);
        await Assert.ThrowsAsync<StoreDamagedException>(async () => await CopyAsync(store));

        Assert.NotNull(store.Damage);
        Assert.Empty(_set.List().Backups);
        FlipBit(Path.Combine(temporary.Directory, StoreFiles.Data), 3 * 8_192 + 5_000);
        Assert.NotNull(await CopyAsync(store));
    }

    [Fact]
    public async Task A_target_that_fails_at_any_write_costs_the_store_nothing_and_leaves_no_copy()
    {
        var faults = new Faults();
        await using var temporary = new TemporaryStore
        {
            OpenFile = path => path.Contains("backups", StringComparison.Ordinal) ? new FaultyFile(new DiskFile(path), faults) : new DiskFile(path),
        };
        var store = temporary.Open();
        var reports = new RandomReports(new Random(7));
        for (var day = 0; day < 3; day++)
        {
            store.Commit([.. Enumerable.Range(0, 100).Select(reports.Next)], new CommitRules(Start.AddDays(day), TimeSpan.Zero));
        }

        await temporary.MoveAllAsync(Start.AddDays(2));
        var failed = 0;
        for (var failIn = 0; failIn < 200; failIn++)
        {
            faults.FailIn = failIn;
            try
            {
                Assert.NotNull(await CopyAsync(store));
                break;
            }
            catch (IOException)
            {
                failed++;
            }

            Assert.Empty(_set.List().Backups);
            Assert.Empty(Directory.GetDirectories(_set.Directory));
            Assert.Null(store.Failure);
            Assert.Equal(CommitDecision.Accepted, store.Commit([reports.Next(1_000 + failIn)], new CommitRules(Start.AddDays(2), TimeSpan.Zero))[0].Decision);
        }

        Assert.InRange(failed, 5, 199);
        Assert.Single(_set.List().Backups);
        // Checkpoints go on.
        var size = store.SizeInBytes;
        for (var more = 0; more < 60; more++)
        {
            store.Commit([.. Enumerable.Range(0, 50).Select(reports.Next)], new CommitRules(Start.AddDays(2), TimeSpan.Zero));
        }

        Assert.InRange(store.SizeInBytes, size, size + 40_000_000);
    }

    [Fact]
    public async Task A_store_that_has_nothing_is_copied_too_and_one_that_was_closed_is_not()
    {
        await using var temporary = new TemporaryStore();
        var empty = await CopyAsync(temporary.Open());
        await using var restored = new TemporaryStore();
        BackupRestore.Run(empty, [], restored.Directory, replace: false, Start, static _ => { }, CancellationToken.None);
        Assert.Equal(0, restored.Open().Current.Number);
        Assert.Equal(1, restored.Store.Commit([new RandomReports(new Random(8)).Next(1)], TemporaryStore.NoLimit)[0].Position.Number);
        await temporary.Store.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await CopyAsync(temporary.Store));
        Assert.Single(_set.List().Backups);
    }

    private async Task<Backup> CopyAsync(LiteDbTelemetryStore store)
    {
        using var draft = _set.Begin(Start);
        var position = await store.CopyAsync(draft, static _ => { }, CancellationToken.None);
        return draft.Complete(DescribedAt(position), static _ => { }, CancellationToken.None);
    }

    private static Func<int, long, long, BackupDescription> DescribedAt(FeedPosition position) => (files, bytes, newBytes) => new BackupDescription
    {
        Time = Start,
        Position = position.Number,
        Epoch = position.Epoch,
        Installations = 0,
        SecretCheck = 1,
        Server = "test",
        Files = files,
        Bytes = bytes,
        NewBytes = newBytes,
    };

    private static async Task<List<StoredReport>> KeptAsync(LiteDbTelemetryStore store)
    {
        var events = new List<StoredReport>();
        for (var number = Math.Max(store.OldestNumber - 1, 0); await store.ReadAfterAsync(number, 500, CancellationToken.None) is { Count: > 0 } page; number = page[^1].Position.Number)
        {
            events.AddRange(page);
        }

        return events;
    }

    /// <summary>The latest state of each installation is that of its latest report.</summary>
    private static void AssertStates(List<StoredReport> kept, LiteDbTelemetryStore store, long oldest)
    {
        var latest = kept.GroupBy(stored => (stored.Instance, stored.App)).ToDictionary(same => same.Key, same => same.Max(stored => stored.Position.Number));
        var states = store.ReadInstances().ToDictionary(state => (state.Instance, state.Schema.App), state => state.LatestNumber);
        Assert.Empty(latest.Except(states));
        Assert.DoesNotContain(states, state => state.Value >= oldest && !latest.ContainsKey(state.Key));
    }

    private static void FlipBit(string path, long offset)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 4));
    }
}
