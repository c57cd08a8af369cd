using System.IO.Compression;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A data directory of a version that had one log file, as a kill left it: its log holds a part of the events.</summary>
public sealed class SingleLogStoreTests
{
    private const int Events = 112;

    private static readonly string[] Names = ["telemetry.log", LiteDbTelemetryStore.DataFileName];

    [Fact]
    public async Task It_opens_with_everything_and_goes_on_with_two_logs()
    {
        await using var temporary = new TemporaryStore();
        Extract(temporary);
        var store = temporary.Open();
        await AssertWholeAsync(store, Events);
        var reports = new RandomReports(new Random(51));
        for (var i = 0; i < 80; i++)
        {
            store.Commit([reports.Next(1_000 + i)], TemporaryStore.NoLimit);
        }

        await AssertWholeAsync(await temporary.ReopenAsync(), Events + 80);
    }

    [Fact]
    public async Task Once_opened_it_is_refused_by_the_version_that_knows_one_log_only()
    {
        await using var temporary = new TemporaryStore();
        Extract(temporary);
        Assert.Equal(2, CountOldHeaders(temporary));

        temporary.Open();
        await temporary.Store.DisposeAsync();

        Assert.Equal(0, CountOldHeaders(temporary));
    }

    [Fact]
    public async Task A_power_loss_while_it_is_brought_up_loses_nothing()
    {
        var trace = new WriteTrace();
        await using var temporary = new TemporaryStore { CheckpointPages = 40 };
        Extract(temporary);
        foreach (var name in Names)
        {
            trace.Add(new WriteTrace.Write(name, 0, await File.ReadAllBytesAsync(Path.Combine(temporary.Directory, name))));
            trace.Add(new WriteTrace.Sync(name));
        }

        var start = trace.Count;
        temporary.OpenFile = path => new TracedFile(new DiskFile(path), path, trace);
        var store = temporary.Open();
        var random = new Random(52);
        var reports = new RandomReports(random);
        var acknowledgedAt = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            store.Commit([reports.Next(1_000 + i)], TemporaryStore.NoLimit);
            acknowledgedAt.Add(trace.Count);
        }

        for (var lossAt = start; lossAt < acknowledgedAt[^1]; lossAt += lossAt < start + 10 ? 1 : random.Next(1, 5))
        {
            await using var survivor = new TemporaryStore();
            trace.WriteImage(survivor.Directory, lossAt, random);
            var recovered = survivor.Open();
            Assert.True(recovered.Current.Number >= Events + acknowledgedAt.Count(position => position <= lossAt));
            await AssertWholeAsync(recovered, (int)recovered.Current.Number);
        }
    }

    private static void Extract(TemporaryStore store) => ZipFile.ExtractToDirectory(
        Path.Combine(AppContext.BaseDirectory, "Storage", "SingleLogStore.zip"), store.Directory);

    private static int CountOldHeaders(TemporaryStore store)
    {
        var log = File.ReadAllBytes(Path.Combine(store.Directory, "telemetry.log"));
        return new[] { 0, 4096 }.Count(sector => log.AsSpan(sector).StartsWith("TLMLOG1\0"u8));
    }

    private static async Task AssertWholeAsync(LiteDbTelemetryStore store, int events)
    {
        var stored = await TemporaryStore.ReadAllAsync(store);
        Assert.Equal(Enumerable.Range(1, events), stored.Select(e => (int)e.Position.Number));
        Assert.Equal(events, stored.Select(e => e.Report.ReportId).Distinct().Count());
        Assert.Equal(events, store.InstanceCount);
    }
}
