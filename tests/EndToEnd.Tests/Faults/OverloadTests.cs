using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>Far more reports than the server takes, over every door at once.</summary>
[Collection(HeavyLoad.Name)]
public sealed class OverloadTests : IDisposable
{
    private const int Addresses = 8;
    private const int BatchSize = 20;

    /// <summary>They report again and again: what a fleet that grows costs is another matter.</summary>
    private const int Installations = 20_000;

    /// <summary>docs/operations/limits.md states it.</summary>
    private const long MostMegabytes = 600;

    private static readonly TimeSpan HealthWithin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(int.Parse(
        Environment.GetEnvironmentVariable("TELEMETRY_TEST_OVERLOAD_SECONDS") ?? "12", CultureInfo.InvariantCulture));

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-overload-").FullName;
    private readonly ConcurrentDictionary<string, ulong> _acknowledged = new();
    private readonly ConcurrentBag<string> _unexpected = [];
    private long _sent;
    private long _refused;
    private long _next;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    /// <param name="takes">What this machine's disk would not say: a server that commits so little so seldom takes some 150 reports a second.</param>
    /// <param name="leastTimes">How many times of what is taken must have been sent.</param>
    [Theory]
    [InlineData("--Ingestion:MaxBatch=20 --Ingestion:GatherInterval=00:00:00.2 --Ingestion:QueueCapacity=200", 10)]
    [InlineData("", 1)]
    public async Task Every_caller_gets_an_answer_memory_is_bounded_and_what_was_acknowledged_is_there(string takes, int leastTimes)
    {
        // No limit of one caller, so that all of it comes as far as the queue.
        using var server = await ServerProcess.StartAsync(
            _data, [Neighbor.Setting, "--Limits:NewInstallationsPerHour=0", "--Limits:RequestsPerMinute=0", .. takes.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        var before = server.Megabytes;
        using var over = new CancellationTokenSource(Duration);
        var callers = Enumerable.Range(0, Addresses).Select(i => new CallerAt($"127.0.2.{i + 1}", server.Grpc, server.Http)).ToList();
        var health = Task.Run(() => WatchHealthAsync(server, over.Token));
        var load = callers.SelectMany(caller => new[]
        {
            Repeat(8, () => SubmitBatchAsync(caller), over.Token),
            Repeat(16, () => SubmitAsync(caller), over.Token),
            Repeat(16, () => PostAsync(caller), over.Token),
        }).SelectMany(loops => loops).ToList();
        await Patience.For(Task.WhenAll(load), "every caller gets an answer", Duration + TimeSpan.FromSeconds(60));
        var slowestHealth = await Patience.For(health, "the health page answers");

        // What waited has been answered: there is room again.
        var start = TimeProvider.System.GetTimestamp();
        await SubmitAsync(callers[0]);
        var after = TimeProvider.System.GetElapsedTime(start);
        callers.ForEach(caller => caller.Dispose());

        Figures.Tell($"{Duration.TotalSeconds} s: sent {_sent} reports, acknowledged {_acknowledged.Count}, refused {_refused}; memory {before} -> {server.PeakMegabytes} MB; slowest health page {slowestHealth.TotalMilliseconds:F0} ms; one report after it {after.TotalMilliseconds:F0} ms.");
        Assert.Empty(_unexpected);
        Assert.True(_sent >= leastTimes * _acknowledged.Count && _acknowledged.Count > 200, $"Sent {_sent}, acknowledged {_acknowledged.Count}.");
        Assert.Equal(_sent, _acknowledged.Count + _refused);
        Assert.InRange(server.PeakMegabytes, 1, MostMegabytes);
        Assert.InRange(slowestHealth, TimeSpan.Zero, HealthWithin);
        Assert.InRange(after, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Empty(server.LinesSinceReady);
        var stored = (await FeedOfAll.ReadAsync(server.Grpc, server.AdminToken!)).ToDictionary(pair => pair.Value, pair => pair.Key);
        Assert.Equal(_acknowledged.Count, stored.Count);
        Assert.All(_acknowledged, pair => Assert.Equal(pair.Value, stored[pair.Key]));
    }

    private static IEnumerable<Task> Repeat(int atOnce, Func<Task> call, CancellationToken over) =>
        Enumerable.Range(0, atOnce).Select(_ => Task.Run(
            async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    await call();
                }
            },
            CancellationToken.None));

    private static async Task<TimeSpan> WatchHealthAsync(ServerProcess server, CancellationToken over)
    {
        using var caller = new CallerAt("127.0.3.1", server.Grpc, server.Http);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var slowest = TimeSpan.Zero;
        while (!over.IsCancellationRequested)
        {
            var start = TimeProvider.System.GetTimestamp();
            Assert.Equal("ready\n", await caller.Http.GetStringAsync("/healthz", CancellationToken.None));
            var took = TimeProvider.System.GetElapsedTime(start);
            slowest = took > slowest ? took : slowest;
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }

        return slowest;
    }

    private Wire.Report Next() => SampleReports.Of(string.Create(CultureInfo.InvariantCulture, $"https://{Interlocked.Increment(ref _next) % Installations}.example"));

    private async Task SubmitBatchAsync(CallerAt caller)
    {
        var request = new Wire.SubmitReportsRequest { Reports = { Enumerable.Range(0, BatchSize).Select(_ => Next()) } };
        Interlocked.Add(ref _sent, BatchSize);
        try
        {
            var response = await caller.Reporting.SubmitReportsAsync(request, deadline: Deadline());
            foreach (var (report, result) in request.Reports.Zip(response.Results))
            {
                if (result.Receipt is { } receipt)
                {
                    _acknowledged[report.ReportId] = receipt.Number;
                }
                else
                {
                    Refuse(1, (StatusCode)result.Status.Code, result.Status.GetDetail<RetryInfo>(), result.Status.Message);
                }
            }
        }
        catch (RpcException e)
        {
            Refuse(BatchSize, e.StatusCode, e.GetRpcStatus()?.GetDetail<RetryInfo>(), e.Status.ToString());
        }
    }

    private async Task SubmitAsync(CallerAt caller)
    {
        var report = Next();
        Interlocked.Increment(ref _sent);
        try
        {
            _acknowledged[report.ReportId] =
                (await caller.Reporting.SubmitReportAsync(new() { Report = report }, deadline: Deadline())).Receipt.Number;
        }
        catch (RpcException e)
        {
            Refuse(1, e.StatusCode, e.GetRpcStatus()?.GetDetail<RetryInfo>(), e.Status.ToString());
        }
    }

    private async Task PostAsync(CallerAt caller)
    {
        var report = Next();
        Interlocked.Increment(ref _sent);
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(
            $$$"""{"reportId":"{{{report.ReportId}}}","instanceHash":"{{{report.InstanceHash}}}","app":"roomvox","appVersion":"1.4.0","usage":{"@type":"type.googleapis.com/telemetry.apps.roomvox.v1.Usage"}}"""))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
        try
        {
            using var response = await caller.Http.PostAsync("/v1/reports", body);
            var answer = await response.Content.ReadAsStringAsync();
            if (response.StatusCode == HttpStatusCode.OK)
            {
                _acknowledged[report.ReportId] = Google.Protobuf.JsonParser.Default.Parse<Wire.SubmitReportResponse>(answer).Receipt.Number;
            }
            else if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && response.Headers.RetryAfter is not null)
            {
                Interlocked.Increment(ref _refused);
            }
            else
            {
                _unexpected.Add($"{response.StatusCode}: {answer}");
            }
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            _unexpected.Add(e.ToString());
        }
    }

    private void Refuse(int reports, StatusCode code, RetryInfo? retry, string words)
    {
        Interlocked.Add(ref _refused, reports);
        if (code is not (StatusCode.ResourceExhausted or StatusCode.Unavailable) || retry is null)
        {
            _unexpected.Add($"{code} without a hint: {words}");
        }
    }

    private static DateTime Deadline() => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60);
}
