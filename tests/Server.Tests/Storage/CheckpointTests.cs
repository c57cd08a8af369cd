using Microsoft.Extensions.Diagnostics.HealthChecks;
using Telemetry.Server.Hosting;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>While a full log's pages move into the data file, commits go on in the other log.</summary>
public sealed class CheckpointTests
{
    [Fact]
    public async Task Commits_do_not_wait_for_the_data_file_and_a_power_loss_meanwhile_loses_nothing()
    {
        var trace = new WriteTrace();
        await using var temporary = new TemporaryStore { CheckpointPages = 40 };
        using var hold = new SyncHold();
        temporary.OpenFile = path => new TracedFile(Held(new DiskFile(path), path, hold), path, trace);
        var store = temporary.Open();
        var random = new Random(41);
        var reports = new RandomReports(random);
        var ids = new List<Guid>();
        hold.Close();
        for (var i = 0; i < 1_000 && !hold.Reached.IsCompleted; i++)
        {
            await CommitAsync();
        }

        Assert.True(hold.Reached.IsCompleted, "The data file was not synced.");
        for (var i = 0; i < 8; i++)
        {
            await CommitAsync();
        }

        for (var image = 0; image < 20; image++)
        {
            await using var survivor = new TemporaryStore();
            trace.WriteImage(survivor.Directory, trace.Count, random);
            Assert.Equal(ids, await IdsAsync(survivor.Open()));
        }

        Assert.Equal(ids, await IdsAsync(store));
        hold.Open();
        Assert.Equal(ids, await IdsAsync(await temporary.ReopenAsync()));

        async Task CommitAsync()
        {
            var report = reports.Next(ids.Count);
            await Task.Run(() => store.Commit([report], TemporaryStore.NoLimit)).WaitAsync(Patience.Limit);
            ids.Add(report.ReportId);
        }
    }

    [Fact]
    public async Task A_log_is_not_used_again_before_its_pages_are_in_the_data_file()
    {
        var hold = new SyncHold();
        await using var temporary = new TemporaryStore();
        string PathOf(string name) => Path.Combine(temporary.Directory, name);
        using var database = new EventDatabase(
            new HeldFile(new DiskFile(PathOf("telemetry.db")), hold), new DiskFile(PathOf("telemetry.log")),
            new DiskFile(PathOf("telemetry.2.log")), knownEnd: null);
        // Opened before the database is closed, which waits for its pages.
        using var release = hold;
        database.Commit(changing => changing.WriteSchemaVersion(1));
        hold.Close();
        database.Checkpoint();
        database.Commit(changing => changing.WriteSchemaVersion(2));
        var end = database.LogEnd;
        var second = new Thread(database.Checkpoint);
        second.Start();

        Assert.True(SpinWait.SpinUntil(() => !second.IsAlive || IsWaiting(second), Patience.Limit));
        Assert.True(second.IsAlive, "The second checkpoint did not wait for the first one's pages.");
        Assert.Equal(end, database.LogEnd);
        hold.Open();
        Assert.True(second.Join(Patience.Limit));
        Assert.Equal(new LogEnd(end.Epoch + 1, 0), database.LogEnd);
        Assert.Equal(2, database.ReadSchemaVersion());

        static bool IsWaiting(Thread thread) => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin);
    }

    [Fact]
    public async Task Pages_that_cannot_be_moved_stop_the_commits_until_the_disk_works()
    {
        var faults = new Faults();
        await using var temporary = new TemporaryStore { CheckpointPages = 40 };
        temporary.OpenFile = path => IsDataFile(path) ? new FaultyFile(new DiskFile(path), faults) : new DiskFile(path);
        var store = temporary.Open();
        var health = new StoreHealthCheck(store);
        var reports = new RandomReports(new Random(43));
        var acknowledged = new List<Guid>();
        faults.FailIn = 0;
        await CommitUntilRefusedAsync();

        Assert.NotNull(store.Failure);
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(new(), CancellationToken.None)).Status);
        await using (var copy = new TemporaryStore())
        {
            temporary.CopyFilesTo(copy);
            Assert.Equal(acknowledged, await IdsAsync(copy.Open()));
        }

        // It does not count as healed before the pages are where they belong.
        faults.FailIn = 0;
        temporary.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(new(), CancellationToken.None)).Status);

        temporary.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(new(), CancellationToken.None)).Status);
        Commit();
        Assert.Null(store.Failure);
        Assert.Equal(acknowledged, await IdsAsync(store));
        Assert.Equal(acknowledged, await IdsAsync(await temporary.ReopenAsync()));

        async Task CommitUntilRefusedAsync()
        {
            for (var i = 0; i < 1_000; i++)
            {
                try
                {
                    Commit();
                }
                catch (StoreUnavailableException)
                {
                    return;
                }
            }

            Assert.Fail("No commit was refused.");
        }

        void Commit()
        {
            var report = reports.Next(acknowledged.Count);
            store.Commit([report], TemporaryStore.NoLimit);
            acknowledged.Add(report.ReportId);
        }
    }

    [Fact]
    public async Task A_refused_commit_does_not_come_back_when_its_log_is_the_older_one()
    {
        var faults = new Faults();
        await using var temporary = new TemporaryStore { OpenFile = path => new FaultyFile(new DiskFile(path), faults) };
        var store = temporary.Open();
        var reports = new RandomReports(new Random(44));
        var acknowledged = reports.Next(1);
        store.Commit([acknowledged], TemporaryStore.NoLimit);
        // The sync fails after the whole write: what was refused is in the log, and valid.
        faults.FailIn = 1;
        Assert.Throws<StoreUnavailableException>(() => store.Commit([reports.Next(2)], TemporaryStore.NoLimit));
        temporary.Time.Advance(TimeSpan.FromSeconds(2));
        await store.RecoverAsync(CancellationToken.None);

        // Closing changes the log files over with nothing written after what was refused.
        store = await temporary.ReopenAsync();

        Assert.Equal([acknowledged.ReportId], await IdsAsync(store));
        Assert.Equal([acknowledged.ReportId], await IdsAsync(await temporary.ReopenAsync()));
    }

    private static IStorageFile Held(IStorageFile file, string path, SyncHold hold) =>
        IsDataFile(path) ? new HeldFile(file, hold) : file;

    private static bool IsDataFile(string path) =>
        Path.GetFileName(path) == StoreFiles.Data;

    private static async Task<List<Guid>> IdsAsync(ITelemetryStore store) =>
        [.. (await TemporaryStore.ReadAllAsync(store)).Select(stored => stored.ReportId)];
}
