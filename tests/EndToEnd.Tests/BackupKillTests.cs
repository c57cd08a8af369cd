using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.DataFiles;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests;

/// <summary>The server is killed while it makes backups under load, and the command while it restores one.</summary>
public sealed class BackupKillTests : IDisposable
{
    private const int Days = 12;
    private const int PerDay = 400;

    /// <summary>Kills of one directory, after which it is looked at and a new one begun.</summary>
    private const int KillsOfOne = 4;

    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("TELEMETRY_TEST_KILLS") ?? "24", CultureInfo.InvariantCulture);

    private readonly string _root = Directory.CreateTempSubdirectory("telemetry-backup-kill-").FullName;
    private readonly ConcurrentDictionary<Guid, long> _acknowledged = new();
    private readonly ConcurrentDictionary<string, long> _answered = new();
    private readonly Random _random = new(20_261_128);
    private string _token = "";
    private int _next;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_kill_at_any_moment_of_a_backup_leaves_only_whole_ones_and_every_one_that_was_answered()
    {
        var template = Path.Combine(_root, "template");
        await MakeTemplateAsync(template);
        var cutShort = 0;
        for (var round = 0; round < Kills / KillsOfOne; round++)
        {
            _acknowledged.Clear();
            _answered.Clear();
            var data = Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"round-{round}"));
            var set = new BackupSet(data + "-backups");
            StoppedData.Copy(template, data);
            for (var kill = 0; kill < KillsOfOne; kill++)
            {
                using var server = await ServerProcess.StartAsync(data, SettingsOf(set));
                await RunUntilKilledAsync(server, TimeSpan.FromMilliseconds(_random.Next(50, 900)));
                cutShort += Directory.Exists(set.Directory) && Directory.GetDirectories(set.Directory, "*.partial").Length > 0 ? 1 : 0;
                var (backups, problems) = set.List();
                Assert.Empty(problems);
                Assert.Empty(_answered.Keys.Except(backups.Select(backup => backup.Name)));
                Assert.All(backups, backup => Assert.Empty(backup.Verify(static _ => { }, CancellationToken.None)));
            }

            await AssertAcknowledgedAsync(data, through: long.MaxValue);
            if (set.List().Backups is [var newest, ..])
            {
                var restored = data + "-restored";
                BackupRestore.Run(newest, [], restored, replace: false, TimeProvider.System.GetUtcNow(), static _ => { }, CancellationToken.None);
                Assert.Equal(newest.Description.Position, await AssertAcknowledgedAsync(restored, newest.Description.Position));
                Directory.Delete(restored, recursive: true);
            }

            Directory.Delete(data, recursive: true);
        }

        Assert.True(cutShort > 0, "No kill came while a backup was being made.");
    }

    [Fact]
    public async Task A_kill_at_any_step_of_a_restore_leaves_the_old_data_or_what_is_refused_until_it_is_run_again()
    {
        var data = Path.Combine(_root, "data");
        var set = new BackupSet(Path.Combine(_root, "backups"));
        await MakeTemplateAsync(data);
        using (var server = await ServerProcess.StartAsync(data, SettingsOf(set)))
        {
            await CreateAsync(server);
            await server.StopAsync();
        }

        await using (var store = StoppedData.Open(data))
        {
            store.Commit([.. Enumerable.Range(0, 200).Select(new RandomReports(new Random(9)).Next)], new CommitRules(TimeProvider.System.GetUtcNow(), TimeSpan.Zero));
        }

        var position = set.List().Backups[0].Description.Position;
        var seen = new Dictionary<string, int> { ["old"] = 0, ["new"] = 0, ["refused"] = 0 };
        for (var call = 1; ; call++)
        {
            var victim = Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"victim-{call}"));
            StoppedData.Copy(data, victim);
            using (var restoring = Restore(set, victim, killAtCall: call))
            {
                await Patience.For(restoring.WaitForExitAsync(), "the restore is killed");
                if (restoring.ExitCode == 0)
                {
                    break;
                }
            }

            seen[await StateOfAsync(victim, position)]++;
            using (var again = Restore(set, victim, killAtCall: null))
            {
                await Patience.For(again.WaitForExitAsync(), "the restore ends");
                Assert.Equal(0, again.ExitCode);
            }

            Assert.Equal("new", await StateOfAsync(victim, position));
            Assert.Equal(File.ReadAllBytes(Path.Combine(data, "secret.key")), File.ReadAllBytes(Path.Combine(victim, "secret.key")));
            Directory.Delete(victim, recursive: true);
        }

        Assert.True(seen["old"] > 1 && seen["refused"] > 5, string.Join(' ', seen));
    }

    private static string[] SettingsOf(BackupSet set) =>
        ["--Limits:NewInstallationsPerHour=0", "--Limits:RequestsPerMinute=0", "--Backup:Directory=" + set.Directory, "--Backup:EveryHours=0", "--Backup:Keep=3"];

    private async Task MakeTemplateAsync(string data)
    {
        using (var first = await ServerProcess.StartAsync(data))
        {
            _token = first.AdminToken!;
            first.Kill();
        }

        await using var store = StoppedData.Open(data);
        var reports = new RandomReports(new Random(5));
        for (var day = Days; day > 0; day--)
        {
            var moment = TimeProvider.System.GetUtcNow().AddDays(1 - day).AddMinutes(-1);
            store.Commit([.. Enumerable.Range(0, PerDay).Select(reports.Next)], new CommitRules(moment, TimeSpan.Zero));
        }

        while (await store.MoveStepAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None))
        {
        }
    }

    /// <param name="set">The backups.</param>
    /// <param name="data">Where one is restored.</param>
    /// <param name="killAtCall">The how many-th system call that makes, renames or removes a name it does not survive; null: all.</param>
    private static Process Restore(BackupSet set, string data, int? killAtCall)
    {
        const string Calls = "mkdir,rename,unlink,rmdir";
        string[] command = ["dotnet", Program, "backup", "restore", "--directory", set.Directory, "--data", data, "--replace"];
        string[] trace = killAtCall is not { } call ? [] : ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + Calls, "-e",
            string.Create(CultureInfo.InvariantCulture, $"inject={Calls}:signal=SIGKILL:when={call}")];
        string[] whole = [.. trace, .. command];
        var start = new ProcessStartInfo(whole[0], whole[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }

    private static string Program => Path.Combine(
        AppContext.BaseDirectory.Replace(Path.Combine("tests", "EndToEnd.Tests"), Path.Combine("src", "Cli"), StringComparison.Ordinal), "telemetry.dll");

    private async Task RunUntilKilledAsync(ServerProcess server, TimeSpan after)
    {
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => SubmitAsync(channel)))
            .Append(Task.Run(async () =>
            {
                while (await CreateAsync(server))
                {
                }
            })).ToArray();
        using (var due = new ManualResetEventSlim())
        {
            due.Wait(after);
        }

        server.Kill();
        await Task.WhenAll(callers).WaitAsync(Patience.Limit);
    }

    private async Task<bool> CreateAsync(ServerProcess server)
    {
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        try
        {
            using var call = new Wire.BackupService.BackupServiceClient(channel).CreateBackup(new(), new Metadata { { "authorization", "Bearer " + _token } });
            await foreach (var step in call.ResponseStream.ReadAllAsync())
            {
                if (step.Backup is { } backup)
                {
                    // Those beyond the three that are kept may be gone by the next look.
                    _answered.Clear();
                    _answered[backup.Name] = (long)backup.Number;
                }
            }

            return true;
        }
        catch (RpcException)
        {
            // Killed.
            return false;
        }
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

    /// <summary>Everything that was acknowledged up to a position is there, under its number, and nothing is damaged.</summary>
    /// <returns>Where the store ends.</returns>
    private async Task<long> AssertAcknowledgedAsync(string data, long through)
    {
        long current;
        await using (var store = StoppedData.Open(data))
        {
            var numbers = new Dictionary<Guid, long>();
            for (var number = 0L; await store.ReadAfterAsync(number, 500, CancellationToken.None) is { Count: > 0 } page; number = page[^1].Position.Number)
            {
                foreach (var stored in page)
                {
                    numbers.Add(stored.ReportId, stored.Position.Number);
                }
            }

            current = store.Current.Number;
            Assert.Equal(current, numbers.Count);
            Assert.All(_acknowledged.Where(pair => pair.Value <= through), pair => Assert.Equal(pair.Value, numbers[pair.Key]));
        }

        Assert.Empty(StoreVerification.Run(new LiteDbStoreOptions { Directory = data }));
        return current;
    }

    private static async Task<string> StateOfAsync(string data, long position)
    {
        try
        {
            await using var store = StoppedData.Open(data);
            Assert.Empty(store.VerifySegments());
            Assert.Contains(store.Current.Number, new[] { position, position + 200 });
            return store.Current.Number == position ? "new" : "old";
        }
        catch (StoreOpenException e)
        {
            Assert.Contains("was cut short", e.Message, StringComparison.Ordinal);
            return "refused";
        }
    }
}
