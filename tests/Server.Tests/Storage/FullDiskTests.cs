using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Telemetry.Server.Hosting;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_is_said_now_and_then_without_a_stack_and_healed_once_there_is_space()
    {
        var space = new DiskSpace();
        await using var temporary = new TemporaryStore { OpenFile = path => new FullDisk(new DiskFile(path), space) };
        var store = temporary.Open();
        var health = new StoreHealthCheck(store);
        var reports = new RandomReports(new Random(81));
        space.IsFull = true;
        for (var second = 0; second < 900; second += 2)
        {
            var refusal = Assert.Throws<StoreUnavailableException>(() => store.Commit([reports.Next(second)], TemporaryStore.NoLimit));
            Assert.Contains("No space left", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(new(), CancellationToken.None)).Status);
            temporary.Time.Advance(TimeSpan.FromSeconds(2));
        }

        var errors = temporary.Logs.Lines.Where(line => line.Level >= LogLevel.Warning).ToList();
        Assert.InRange(errors.Count, 1, 3);
        Assert.All(errors, line => Assert.DoesNotContain("   at ", line.Text, StringComparison.Ordinal));
        Assert.DoesNotContain(temporary.Logs.Lines, line => line.Text.Contains("commits again", StringComparison.Ordinal));

        space.IsFull = false;
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(new(), CancellationToken.None)).Status);
        store.Commit([reports.Next(1)], TemporaryStore.NoLimit);
        Assert.Single(await TemporaryStore.ReadAllAsync(await temporary.ReopenAsync()));
        Assert.Single(temporary.Logs.Lines, line => line.Text.Contains("commits again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mark_that_cannot_be_written_costs_no_commit()
    {
        var faults = new Faults();
        await using var temporary = new TemporaryStore { OpenFile = path => new FaultyFile(new DiskFile(path), faults) };
        var store = temporary.Open();
        var reports = new RandomReports(new Random(82));
        // Frames, sync, mark.
        faults.FailIn = 2;
        store.Commit([reports.Next(1)], TemporaryStore.NoLimit);

        Assert.Equal(int.MaxValue, faults.FailIn);
        await using var copy = new TemporaryStore();
        temporary.CopyFilesTo(copy);
        Assert.Equal(1, copy.Open().Current.Number);
    }
}
