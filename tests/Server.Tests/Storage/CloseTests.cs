using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A clean stop leaves the next start nothing to work out.</summary>
public sealed class CloseTests
{
    [Fact]
    public async Task A_start_after_a_clean_stop_replays_nothing()
    {
        await using var temporary = new TemporaryStore();
        var before = await FillAsync(temporary);

        using (var database = Open(temporary.Directory))
        {
            Assert.Equal(100, database.ReadReplayFrom());
        }

        Assert.Equal(before, temporary.Open().InstanceTexts());
    }

    [Fact]
    public async Task A_stop_without_time_leaves_the_state_to_the_next_start()
    {
        await using var temporary = new TemporaryStore { CloseWithin = TimeSpan.Zero };
        var before = await FillAsync(temporary);

        using (var database = Open(temporary.Directory))
        {
            Assert.InRange(database.ReadReplayFrom(), 0, 99);
        }

        Assert.Equal(before, temporary.Open().InstanceTexts());
    }

    [Fact]
    public async Task A_stop_writes_only_the_parts_of_the_state_that_changed()
    {
        await using var temporary = new TemporaryStore();
        await FillAsync(temporary);
        var store = temporary.Open();
        store.Commit([new RandomReports(new Random(84)).Next(0)], TemporaryStore.NoLimit);

        await store.DisposeAsync();

        Assert.Contains(temporary.Logs.Lines, line => line.Text.Contains("; 1 parts of the state", StringComparison.Ordinal));
    }

    private static async Task<List<string>> FillAsync(TemporaryStore temporary)
    {
        var store = temporary.Open();
        var reports = new RandomReports(new Random(83));
        for (var i = 0; i < 100; i++)
        {
            store.Commit([reports.Next(i)], TemporaryStore.NoLimit);
        }

        var states = store.InstanceTexts();
        await store.DisposeAsync();
        return states;
    }

    private static EventDatabase Open(string directory) => new(
        new DiskFile(Path.Combine(directory, StoreFiles.Data)), new DiskFile(Path.Combine(directory, StoreFiles.FirstLog)),
        new DiskFile(Path.Combine(directory, StoreFiles.SecondLog)), null);
}
