using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>The disk fails under a real server while reports come, and is well again: nobody has to do anything, and nothing acknowledged is lost.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private const int Callers = 4;

    private static readonly string[] Settings = ["--Limits:NewInstallationsPerHour=0", "--Limits:RequestsPerMinute=0"];

    private readonly string _root = Directory.CreateTempSubdirectory("telemetry-disk-").FullName;
    private readonly ConcurrentDictionary<string, ulong> _acknowledged = new();
    private readonly ConcurrentBag<string> _unexpected = [];
    private int _refused;
    private int _next;

    private string Data => Path.Combine(_root, "data");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_disk_that_is_full_and_has_room_again_twice()
    {
        Directory.CreateDirectory(Data);
        using (var attempt = Process.Start(new ProcessStartInfo("unshare", [.. Surroundings.SmallDisk(Data, 64).Skip(1), "true"]) { RedirectStandardError = true })!)
        {
            await attempt.WaitForExitAsync();
            Assert.SkipUnless(attempt.ExitCode == 0, "A small disk cannot be mounted here: it takes root, or user namespaces.");
        }

        var copy = Path.Combine(_root, "copy");
        string token;
        using (var server = await ServerProcess.StartAsync(ServerStart.On(Data, Settings) with { Under = Surroundings.SmallDisk(Data, 24 * 1024) }))
        {
            // The disk as the server sees it: it is in a mount namespace of its own.
            var seen = string.Create(CultureInfo.InvariantCulture, $"/proc/{server.Id}/root{Data}");
            token = server.AdminToken!;
            var filler = Path.Combine(seen, "filler");
            using (var load = Load(server))
            {
                for (var time = 0; time < 2; time++)
                {
                    await FailsAndRecoversAsync(server, () => Fill(filler), () =>
                    {
                        File.Delete(filler);
                        return Task.CompletedTask;
                    });
                }
            }

            AssertToldOnce(server, times: 2);
            // What a crash would leave: nothing is written any more, and nothing was closed.
            server.Signal("STOP");
            // Not by this program, which respects the lock of the other one.
            using (var copying = Process.Start("cp", ["-a", seen, copy]))
            {
                await Patience.For(copying.WaitForExitAsync(), "the files are copied");
                Assert.Equal(0, copying.ExitCode);
            }

            server.Kill();
        }

        await AssertAllThereAsync(copy, token);
    }

    /// <remarks>Injected into the running server's system calls: its open files keep a real file system from being mounted read-only.</remarks>
    [Theory]
    [InlineData("EROFS", "pwrite64,pwritev,ftruncate,fallocate,fsync,fdatasync")]
    [InlineData("EIO", "pwrite64,pwritev")]
    [InlineData("EIO", "fsync,fdatasync")]
    public async Task A_disk_that_turns_read_only_or_fails_and_is_well_again(string error, string calls)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "System calls of the server cannot be made to fail: apt-get install strace");
        string token;
        using (var server = await ServerProcess.StartAsync(Data, Settings))
        {
            token = server.AdminToken!;
            using (var load = Load(server))
            {
                Process? strace = null;
                await FailsAndRecoversAsync(
                    server,
                    () => strace = Process.Start(
                        "strace",
                        ["-f", "-qq", "-o", "/dev/null", "-p", server.Id.ToString(CultureInfo.InvariantCulture), "-e", "trace=" + calls, "-e", $"inject={calls}:error={error}"]),
                    async () =>
                    {
                        using var kill = Process.Start("kill", ["-TERM", strace!.Id.ToString(CultureInfo.InvariantCulture)]);
                        await Patience.For(strace.WaitForExitAsync(), "strace lets go");
                        strace.Dispose();
                    });
            }

            AssertToldOnce(server, times: 1);
            server.Kill();
        }

        await AssertAllThereAsync(Data, token);
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        foreach (var piece in (int[])[1024 * 1024, 4096, 1])
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[piece]);
                }
            }
            catch (IOException)
            {
                // Full, to a piece.
            }
        }
    }

    private async Task FailsAndRecoversAsync(ServerProcess server, Action fail, Func<Task> mend)
    {
        var before = _acknowledged.Count;
        await Patience.Until(() => _acknowledged.Count > before + 50, "reports are taken");
        var refused = _refused;
        fail();
        await Patience.Until(() => _refused > refused + 200, "reports are refused");
        using (var client = new HttpClient { BaseAddress = server.Http })
        {
            using var health = await client.GetAsync("/healthz");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
            Assert.Equal("Reports cannot be stored; see the server's log.\n", await health.Content.ReadAsStringAsync());
        }

        await mend();
        before = _acknowledged.Count;
        await Patience.Until(() => _acknowledged.Count > before + 50, "reports are taken again");
        using (var client = new HttpClient { BaseAddress = server.Http })
        {
            Assert.Equal("ready\n", await client.GetStringAsync("/healthz"));
        }
    }

    private void AssertToldOnce(ServerProcess server, int times)
    {
        Figures.Tell($"Acknowledged {_acknowledged.Count}, refused {_refused}. {string.Join(" | ", server.LinesSinceReady)}");
        Assert.Empty(_unexpected);
        Assert.Equal(times, server.LinesSinceReady.Count(line => line.Contains("The store cannot commit: ", StringComparison.Ordinal)));
        Assert.Equal(times, server.LinesSinceReady.Count(line => line.Contains("The store commits again.", StringComparison.Ordinal)));
        // Beside these, what deletes and what keeps the insights may have met the same disk, once each.
        Assert.InRange(server.LinesSinceReady.Count(), 2 * times, 5 * times);
        Assert.DoesNotContain(server.LinesSinceReady, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    private async Task AssertAllThereAsync(string data, string token)
    {
        using var server = await ServerProcess.StartAsync(data, Settings);
        var stored = (await FeedOfAll.ReadAsync(server.Grpc, token)).ToDictionary(pair => pair.Value, pair => pair.Key);
        Assert.All(_acknowledged, pair => Assert.Equal(pair.Value, stored[pair.Key]));
    }

    /// <summary>Callers that report until the result is disposed, and come again whatever they are told.</summary>
    private LoadUntilDisposed Load(ServerProcess server)
    {
        var over = new CancellationTokenSource();
        return new LoadUntilDisposed(over, [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            using var channel = GrpcChannel.ForAddress(server.Grpc);
            var client = new Wire.ReportingService.ReportingServiceClient(channel);
            while (!over.IsCancellationRequested)
            {
                var request = SampleReports.Request(string.Create(CultureInfo.InvariantCulture, $"https://disk-{Interlocked.Increment(ref _next)}.example"));
                try
                {
                    var response = await client.SubmitReportAsync(request, cancellationToken: CancellationToken.None);
                    _acknowledged[request.Report.ReportId] = response.Receipt.Number;
                }
                catch (RpcException e)
                {
                    Interlocked.Increment(ref _refused);
                    if (e.StatusCode != StatusCode.Unavailable || e.GetRpcStatus()?.GetDetail<RetryInfo>() is null)
                    {
                        _unexpected.Add(e.Status.ToString());
                    }
                }
            }
        }))]);
    }

    private sealed class LoadUntilDisposed(CancellationTokenSource over, Task[] callers) : IDisposable
    {
        public void Dispose()
        {
            over.Cancel();
            Assert.True(Task.WaitAll(callers, Patience.Limit), "A caller waits for an answer.");
            over.Dispose();
        }
    }
}
