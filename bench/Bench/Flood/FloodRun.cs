using System.Diagnostics;
using System.Net;
using Bench.Servers;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Contracts.V1;

namespace Bench.Flood;

/// <summary>Strangers that send what they can invent, and honest neighbors beside them.</summary>
internal static class FloodRun
{
    public const int Strangers = 16;

    private const int Neighbors = 8;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    public static async Task<FloodResult> RunAsync(ServerProcess server, TimeSpan duration)
    {
        var before = server.WorkingSetMegabytes;
        using var over = new CancellationTokenSource(duration);
        var count = new FloodCount();
        var latencies = new List<double>();
        var callers = Enumerable.Range(0, Strangers).Select(i => new FloodCaller(server, new IPAddress([127, 0, 0, (byte)(i + 2)]))).ToList();
        var neighbors = Enumerable.Range(0, Neighbors).Select(i => new FloodCaller(server, new IPAddress([127, 0, 1, (byte)(i + 1)]))).ToList();
        var flood = callers.SelectMany((caller, i) => new[]
        {
            Task.Run(() => caller.FloodWithBatchesAsync(1_000 + i, count, over.Token)),
            Task.Run(() => caller.FloodWithReportsAsync(2_000 + i, count, over.Token)),
        }).ToList();
        var honest = neighbors.Select((neighbor, i) => Task.Run(() => ReportAsync(neighbor, i, latencies, over.Token))).ToList();
        var highest = before;
        while (!over.IsCancellationRequested)
        {
            highest = Math.Max(highest, server.WorkingSetMegabytes);
            await Task.Delay(Pace, CancellationToken.None).ConfigureAwait(false);
        }

        await Task.WhenAll(flood).ConfigureAwait(false);
        var failed = (await Task.WhenAll(honest).ConfigureAwait(false)).Sum();
        highest = Math.Max(highest, server.WorkingSetMegabytes);
        callers.ForEach(caller => caller.Dispose());
        neighbors.ForEach(neighbor => neighbor.Dispose());
        using var channel = GrpcChannel.ForAddress($"http://{server.Grpc}");
        var info = await new AdminService.AdminServiceClient(channel)
            .GetServerInfoAsync(new GetServerInfoRequest(), new Metadata { { "authorization", "Bearer " + server.Token } })
            .ConfigureAwait(false);
        latencies.Sort();
        return new FloodResult(
            count.Sent, count.Accepted, latencies.Count, failed, latencies[latencies.Count * 99 / 100], before, highest,
            Math.Abs((double)info.Instances - count.Accepted - Neighbors)
            + Math.Abs((double)info.Current.Number - count.Accepted - latencies.Count));
    }

    /// <returns>How many reports were not taken.</returns>
    private static async Task<int> ReportAsync(FloodCaller neighbor, int number, List<double> latencies, CancellationToken over)
    {
        var failed = 0;
        while (!over.IsCancellationRequested)
        {
            var report = new Report
            {
                ReportId = Guid.NewGuid().ToString("D"),
                InstanceHash = number.ToString("x64", null),
                App = "roomvox",
                Usage = Google.Protobuf.WellKnownTypes.Any.Pack(new Telemetry.Contracts.Apps.RoomVox.V1.Usage()),
                AppVersion = "1.6.0",
            };
            var watch = Stopwatch.StartNew();
            try
            {
                await neighbor.Reporting.SubmitReportAsync(new SubmitReportRequest { Report = report }, cancellationToken: CancellationToken.None).ConfigureAwait(false);
                lock (latencies)
                {
                    latencies.Add(watch.Elapsed.TotalMilliseconds);
                }
            }
            catch (RpcException)
            {
                failed++;
            }

            await Task.Delay(Pace, CancellationToken.None).ConfigureAwait(false);
        }

        return failed;
    }
}

/// <summary>What came of a flood.</summary>
/// <param name="Sent">Invented reports.</param>
/// <param name="Accepted">Those of them that were taken.</param>
/// <param name="Served">Reports of neighbors that were taken.</param>
/// <param name="Failed">Those that were not.</param>
/// <param name="P99">Of the neighbors' reports, in milliseconds.</param>
/// <param name="MemoryBefore">Working set before, in MB.</param>
/// <param name="MemoryHighest">The highest during the flood, in MB.</param>
/// <param name="Wrong">By how much the server's figures differ from the receipts, afterwards.</param>
internal sealed record FloodResult(
    long Sent, long Accepted, int Served, int Failed, double P99, long MemoryBefore, long MemoryHighest, double Wrong);
