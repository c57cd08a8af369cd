using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests;

/// <summary>The server is killed while it moves days that are over and deletes those that are kept no longer, under load.</summary>
public sealed class RetentionKillTests : IDisposable
{
    private const int Days = 60;
    private const int PerDay = 400;
    private const int ReportDays = 31;

    /// <summary>Kills of one directory, after which it is looked at and a new one begun: what is done is done once.</summary>
    private const int KillsOfOne = 4;

    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("TELEMETRY_TEST_KILLS") ?? "24", CultureInfo.InvariantCulture);

    private static readonly string[] Settings =
        ["--Limits:NewInstallationsPerHour=0", "--Limits:RequestsPerMinute=0", $"--Retention:ReportDays={ReportDays}", "--Retention:DailyFactDays=50"];

    private readonly string _root = Directory.CreateTempSubdirectory("telemetry-retention-kill-").FullName;
    private readonly ConcurrentDictionary<Guid, long> _acknowledged = new();
    private readonly Random _random = new(20_261_127);
    private int _next;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_kill_at_any_moment_of_moving_and_deleting_loses_nothing_and_leaves_nothing_half_done()
    {
        var template = Path.Combine(_root, "template");
        using (var first = await ServerProcess.StartAsync(template, Settings))
        {
            // The secret and the keys are its own.
            first.Kill();
        }

        var (ids, oldestDue) = await FillAsync(template);
        var caught = 0;
        for (var round = 0; round < Kills / KillsOfOne; round++)
        {
            _acknowledged.Clear();
            var data = Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"round-{round}"));
            StoppedData.Copy(template, data);
            for (var kill = 0; kill < KillsOfOne; kill++)
            {
                using var server = await ServerProcess.StartAsync(data, Settings);
                await RunUntilKilledAsync(server, TimeSpan.FromMilliseconds(_random.Next(0, 700)));
            }

            caught += await AssertWholeAsync(data, ids, oldestDue) ? 1 : 0;
            Directory.Delete(data, recursive: true);
        }

        Assert.True(caught > 0, "Every kill came when all was done.");
    }

    /// <summary>Days of reports that end today.</summary>
    private static async Task<(List<Guid> Ids, long OldestDue)> FillAsync(string data)
    {
        await using var store = StoppedData.Open(data);
        var reports = new RandomReports(new Random(5));
        var ids = new List<Guid>();
        var today = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        for (var day = Days; day > 0; day--)
        {
            var batch = Enumerable.Range(0, PerDay).Select(i => reports.Next(day > 55 ? i + 1_000 : i)).ToList();
            var moment = day == 1 ? TimeProvider.System.GetUtcNow().AddMinutes(-1) : today.AddDays(1 - day);
            store.Commit(batch, new CommitRules(moment, TimeSpan.Zero));
            ids.AddRange(batch.Select(report => report.ReportId));
        }

        // Days of which the last moment is more than so many days ago.
        return (ids, ((Days - 1 - ReportDays) * PerDay) + 1);
    }

    private async Task RunUntilKilledAsync(ServerProcess server, TimeSpan after)
    {
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => SubmitAsync(channel))).ToArray();
        using (var due = new ManualResetEventSlim())
        {
            due.Wait(after);
        }

        server.Kill();
        await Task.WhenAll(callers).WaitAsync(Patience.Limit);
    }

    private async Task SubmitAsync(GrpcChannel channel)
    {
        var client = new Wire.ReportingService.ReportingServiceClient(channel);
        try
        {
            while (true)
            {
                var request = SampleReports.Request($"https://kill-{Interlocked.Increment(ref _next)}.example");
                var response = await client.SubmitReportAsync(request);
                _acknowledged[Guid.Parse(request.Report.ReportId)] = (long)response.Receipt.Number;
            }
        }
        catch (RpcException)
        {
            // Killed.
        }
    }

    /// <returns>Whether the last kill came before everything was done.</returns>
    private async Task<bool> AssertWholeAsync(string data, List<Guid> ids, long oldestDue)
    {
        bool isCaught;
        await using (var store = StoppedData.Open(data))
        {
            // Whole days went, and none that was not due; midnight may have passed since.
            Assert.Equal(1, store.OldestNumber % PerDay);
            Assert.InRange(store.OldestNumber, 1, oldestDue + PerDay);
            var kept = new List<StoredReport>();
            while (await store.ReadAfterAsync(store.OldestNumber - 1 + kept.Count, 500, CancellationToken.None) is { Count: > 0 } page)
            {
                kept.AddRange(page);
            }

            Assert.Equal(store.Current.Number, kept[^1].Position.Number);
            Assert.Equal(Enumerable.Range(0, kept.Count).Select(i => store.OldestNumber + i), kept.Select(stored => stored.Position.Number));
            Assert.Equal(
                ids.Skip((int)store.OldestNumber - 1), kept.TakeWhile(stored => stored.Position.Number <= ids.Count).Select(stored => stored.ReportId));
            var numbers = kept.ToDictionary(stored => stored.ReportId, stored => stored.Position.Number);
            Assert.All(_acknowledged, pair => Assert.Equal(pair.Value, numbers[pair.Key]));
            isCaught = await store.MoveStepAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None) || store.OldestNumber == 1;
        }

        Assert.Empty(StoreVerification.Run(new LiteDbStoreOptions { Directory = data }));
        return isCaught;
    }
}
