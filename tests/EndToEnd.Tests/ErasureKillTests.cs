using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests;

/// <summary>The server is killed while installations are erased: whoever was answered is gone, nobody is half there, and the rest goes by itself.</summary>
public sealed class ErasureKillTests : IDisposable
{
    private const int Days = 12;
    private const int Installations = 80;
    private const int KillsOfOne = 4;

    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("TELEMETRY_TEST_KILLS") ?? "16", CultureInfo.InvariantCulture);

    private readonly string _root = Directory.CreateTempSubdirectory("telemetry-erasure-kill-").FullName;
    private readonly Random _random = new(20_261_127);
    private readonly HashSet<InstanceId> _answered = [];
    private string _token = "";

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_kill_at_any_moment_of_an_erasure_leaves_all_of_it_or_nothing()
    {
        var template = Path.Combine(_root, "template");
        using (var first = await ServerProcess.StartAsync(template))
        {
            _token = first.AdminToken!;
            first.Kill();
        }

        var reports = await FillAsync(template);
        var victims = reports.Keys.OrderBy(id => id.Value).Where((_, at) => at % 2 == 0).ToList();
        var erased = 0;
        for (var round = 0; round < Kills / KillsOfOne; round++)
        {
            _answered.Clear();
            var data = Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"round-{round}"));
            StoppedData.Copy(template, data);
            for (var kill = 0; kill < KillsOfOne; kill++)
            {
                using var server = await ServerProcess.StartAsync(data);
                var before = _answered.Count;
                var erasing = Task.Run(() => EraseAsync(server, victims));
                if (kill % 2 == 1)
                {
                    // On a machine that is busy with other things none may be answered as soon as that.
                    await Patience.Until(() => _answered.Count > before || erasing.IsCompleted, "one is answered");
                }

                using (var due = new ManualResetEventSlim())
                {
                    due.Wait(TimeSpan.FromMilliseconds(_random.Next(20, 500)));
                }

                server.Kill();
                await erasing.WaitAsync(Patience.Limit);
            }

            erased += await AssertWholeAsync(data, reports, victims);
            Directory.Delete(data, recursive: true);
        }

        Assert.True(erased > 0 && erased < victims.Count * Kills / KillsOfOne, "Every kill came before or after all of it.");
    }

    /// <summary>Some days of reports of which all but the last move into segments.</summary>
    private static async Task<Dictionary<InstanceId, List<Guid>>> FillAsync(string data)
    {
        await using var store = StoppedData.Open(data);
        var (random, reports) = (new RandomReports(new Random(6)), new Dictionary<InstanceId, List<Guid>>());
        for (var day = Days; day > 0; day--)
        {
            var batch = Enumerable.Range(0, Installations).Select(i => random.Next(i) with { Instance = Named(i) }).DistinctBy(report => (report.Instance, report.App)).ToList();
            store.Commit(batch, new CommitRules(TimeProvider.System.GetUtcNow().AddDays(1 - day).AddMinutes(-1), TimeSpan.Zero));
            foreach (var report in batch)
            {
                reports.TryAdd(report.Instance, []);
                reports[report.Instance].Add(report.ReportId);
            }
        }

        return reports;
    }

    /// <summary>Bytes that are nowhere by chance.</summary>
    private static InstanceId Named(int number) => new(new UInt128(0x9E3779B97F4A7C15 * ((ulong)number + 1), 0xC2B2AE3D27D4EB4F * ((ulong)number + 7)));

    private async Task EraseAsync(ServerProcess server, List<InstanceId> victims)
    {
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        var client = new Wire.PrivacyService.PrivacyServiceClient(channel);
        try
        {
            foreach (var victim in victims.Where(victim => !_answered.Contains(victim)))
            {
                await client.EraseInstanceAsync(new() { InstanceId = victim.ToString() }, new Metadata { { "authorization", "Bearer " + _token } });
                _answered.Add(victim);
            }
        }
        catch (RpcException)
        {
            // Killed.
        }
    }

    /// <returns>How many are gone.</returns>
    private async Task<int> AssertWholeAsync(string data, Dictionary<InstanceId, List<Guid>> reports, List<InstanceId> victims)
    {
        List<InstanceId> gone;
        using (var server = await ServerProcess.StartAsync(data))
        {
            // What was begun is finished by itself, without another call.
            var present = await PresentAsync(server);
            gone = [.. victims.Where(victim => !present.Contains(victim.ToString()))];
            Assert.Empty(_answered.Except(gone));
            await Patience.Until(() => gone.TrueForAll(victim => FileWith(data, victim) is null), "no byte of who is gone is left");
            server.Kill();
        }

        await using (var store = StoppedData.Open(data))
        {
            var kept = new List<StoredReport>();
            for (var next = 1L; next <= store.Current.Number;)
            {
                if (store.ErasedThrough(next) is { } through)
                {
                    next = through + 1;
                    continue;
                }

                var page = await store.ReadAfterAsync(next - 1, 500, CancellationToken.None);
                kept.AddRange(page);
                next = page[^1].Position.Number + 1;
            }

            foreach (var (instance, ids) in reports)
            {
                var left = kept.Where(stored => stored.Instance == instance).Select(stored => stored.ReportId);
                Assert.Equal(gone.Contains(instance) ? [] : ids, left);
                Assert.Equal(gone.Contains(instance), store.FindInstances(instance).Count == 0);
            }
        }

        Assert.Empty(StoreVerification.Run(new LiteDbStoreOptions { Directory = data }));
        return gone.Count;
    }

    private async Task<HashSet<string>> PresentAsync(ServerProcess server)
    {
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        var page = await new Wire.AdminService.AdminServiceClient(channel).ListInstancesAsync(
            new() { PageSize = 1_000, Filter = new() { Activity = Wire.Activity.Known } }, new Metadata { { "authorization", "Bearer " + _token } });
        return [.. page.Instances.Select(instance => instance.InstanceId)];
    }

    private static string? FileWith(string data, InstanceId instance)
    {
        var bytes = Convert.FromHexString(instance.ToString());
        return Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "telemetry.lock")
            .FirstOrDefault(file => Content(file).AsSpan().IndexOf(bytes) >= 0);

        // A file may go while it is looked for; then it is looked for again.
        static byte[] Content(string file)
        {
            try
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var copy = new MemoryStream();
                stream.CopyTo(copy);
                return copy.ToArray();
            }
            catch (FileNotFoundException)
            {
                return [];
            }
        }
    }
}
