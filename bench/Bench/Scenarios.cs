using System.Diagnostics;
using Bench.Feed;
using Bench.Flood;
using Bench.Load;
using Bench.Servers;

namespace Bench;

/// <summary>What is measured, and against what.</summary>
internal sealed class Scenarios(Table table, int rounds, TimeSpan warmUp, TimeSpan duration, double? arrivalRate)
{
    private const string NoLimit = "--Ingestion:MinimumInterval=00:00:00";
    private const int BatchSize = 100;

    /// <summary>What is hot is compiled in several stages; beside a load that takes all processors that lasts a while.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    private int _seed = 1;

    public IReadOnlyDictionary<string, Action> All => new Dictionary<string, Action>
    {
        ["submit"] = Submit,
        ["arrivals"] = Arrivals,
        ["batch"] = Batch,
        ["web"] = Web,
        ["json"] = Json,
        ["feed"] = Feed,
        ["catchup"] = CatchUp,
        ["stalled"] = Stalled,
        ["scale"] = Scale,
        ["insights"] = Insights,
        ["licenses"] = Licenses,
        ["etcd"] = Etcd,
        ["flood"] = Flood,
    };

    /// <summary>Durable unary calls at saturation against the no-op's.</summary>
    private void Submit()
    {
        using var noOp = ServerProcess.NoOp();
        using var server = ServerProcess.Telemetry();
        var pairs = Interleave(() => Unary(noOp), () => Unary(server));
        table.Row("no-op unary, server CPU", [.. pairs.Select(p => p.A.CpuMicroseconds)], "µs");
        table.Row("durable unary, server CPU", [.. pairs.Select(p => p.B.CpuMicroseconds)], "µs");
        table.Ratio("durable unary : no-op, server CPU per report", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], 3);
        table.Row("durable unary, allocated per report", [.. pairs.Select(p => p.B.AllocatedBytes / 1024)], "KB", 16);
        table.Row("durable unary, reports per second", [.. pairs.Select(p => p.B.Load.PerSecond)], "/s");
        table.Ratio("durable unary : no-op, throughput", [.. pairs.Select(p => p.B.Load.PerSecond / p.A.Load.PerSecond)], 0.5, atLeast: true);
        table.Row("durable unary at saturation, p99", [.. pairs.Select(p => p.B.Load.P99)], "ms");
    }

    /// <summary>Evenly spaced arrivals at half of what the no-op can take.</summary>
    private void Arrivals()
    {
        using var noOp = ServerProcess.NoOp();
        using var server = ServerProcess.Telemetry();
        var one = Plan(1, 1);
        var commit = Interleave(
            () => Measurement.Of(noOp, m => LoadRunner.Closed(noOp.Grpc, Source, one, m)),
            () => Measurement.Of(server, m => LoadRunner.Closed(server.Grpc, Source, one, m)));
        var oneCommit = Median(commit.Select(p => p.B.Load.P50 - p.A.Load.P50));
        table.Row("one commit (a lone caller's p50 beyond the no-op's)", [oneCommit], "ms");
        var rate = arrivalRate ?? ArrivalLimit(noOp) / 2;
        table.Row(arrivalRate is null ? "half of the no-op's arrival limit" : "arrivals, as asked for", [rate], "/s");
        // The search for the limit warms the no-op for long; the server must not be measured while it still compiles.
        Settle(() => Unary(noOp), () => Unary(server));
        var plan = Plan(4, 1);
        var pairs = Interleave(
            () => Measurement.Of(noOp, m => LoadRunner.Open(noOp.Grpc, Source, rate, plan, m)),
            () => Measurement.Of(server, m => LoadRunner.Open(server.Grpc, Source, rate, plan, m)));
        table.Row("no-op, server CPU at that rate", [.. pairs.Select(p => p.A.CpuMicroseconds)], "µs");
        table.Row("durable, server CPU at that rate", [.. pairs.Select(p => p.B.CpuMicroseconds)], "µs");
        table.Row("no-op, p50 from the due time", [.. pairs.Select(p => p.A.Load.P50)], "ms");
        table.Row("durable, p50 from the due time", [.. pairs.Select(p => p.B.Load.P50)], "ms");
        table.Row("no-op, p99 from the due time", [.. pairs.Select(p => p.A.Load.P99)], "ms");
        table.Row("durable, p99 from the due time", [.. pairs.Select(p => p.B.Load.P99)], "ms");
        table.Ratio(
            "durable p99 : (3 no-op p99 + one commit)",
            [.. pairs.Select(p => p.B.Load.P99 / ((3 * p.A.Load.P99) + oneCommit))], 1);
    }

    private void Batch()
    {
        using var server = ServerProcess.Telemetry();
        var plan = Plan(4, 2);
        var pairs = Interleave(
            () => Unary(server),
            () => Measurement.Of(
                server, m => LoadRunner.Closed(server.Grpc, i => new ReportSource(NextSeed(), BatchSize), plan, m), BatchSize));
        table.Row("100 reports a call, reports per second", [.. pairs.Select(p => p.B.Load.PerSecond * BatchSize)], "/s");
        table.Ratio("100 reports a call : unary, server CPU per report", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], 0.6);
    }

    private void Web() => Http1(
        "gRPC-Web over HTTP/1.1", 2.5, (server, plan, measuring) =>
            LoadRunner.Http1(server.Http, Source, "application/grpc-web", plan, measuring));

    private void Json() => Http1(
        "HTTP/JSON", 3, (server, plan, measuring) =>
            LoadRunner.Http1(server.Http, i => new JsonSource(NextSeed()), "application/json", plan, measuring));

    /// <summary>
    /// Beside native calls, as many at a time: how many share a commit decides what each costs. HTTP/1.1 has one call a
    /// connection, so there are fewer of them than at saturation; the ratio to that is told as well.
    /// </summary>
    private void Http1(string what, double limit, Func<ServerProcess, LoadPlan, Action, LoadResult> run)
    {
        using var server = ServerProcess.Telemetry();
        var plan = Plan(4, 8);
        var saturated = new List<Measurement>();
        var pairs = Interleave(
            () =>
            {
                saturated.Add(Unary(server));
                return Measurement.Of(server, m => LoadRunner.Closed(server.Grpc, Source, plan, m));
            },
            () => Measurement.Of(server, m => run(server, plan, m)));
        var ofRounds = saturated[^pairs.Count..];
        table.Ratio($"{what} : native, as many calls at a time, server CPU per report", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], limit);
        table.Row($"{what} : native at saturation, server CPU per report", [.. pairs.Select((p, i) => p.B.CpuMicroseconds / ofRounds[i].CpuMicroseconds)], "x");
    }

    /// <summary>A hundred readers at a hundred events a second; what taking the reports in costs is counted with it.</summary>
    private void Feed()
    {
        const int readers = 100;
        const int perSecond = 100;
        using var noOp = ServerProcess.NoOp();
        using var server = ServerProcess.Telemetry();
        var plan = Plan(1, 1);
        var pairs = Interleave(
            () => FeedLoad.Measure(noOp, readers, plan, () => LoadRunner.Open(noOp.Grpc, Source, 1, plan)),
            () => FeedLoad.Measure(server, readers, plan, () => LoadRunner.Open(server.Grpc, Source, perSecond, plan)));
        table.Row("feed, 100 readers at 100 events/s, server CPU per delivery, taking in included", [.. pairs.Select(p => Cost(p.B))], "µs");
        table.Ratio("feed delivery, taking in included : no-op stream delivery, server CPU", [.. pairs.Select(p => Cost(p.B) / Cost(p.A))], 1.5);
        table.Row("feed, events missing or out of order", [.. pairs.Select(p => (double)p.B.Missing)], "", 0);

        static double Cost(FeedCost cost) => cost.CpuSeconds * 1e6 / cost.Deliveries;
    }

    /// <summary>A reader who was away reads everything; and what a report takes on disk.</summary>
    private void CatchUp()
    {
        const int installations = 100_000;
        // The runtime compiles first, and once more when it has seen what is hot.
        const int compiling = 6;
        using var server = ServerProcess.Telemetry();
        Fill(server, installations);
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress($"http://{server.Grpc}");
        var feed = new Telemetry.Contracts.V1.FeedService.FeedServiceClient(channel);
        var admin = new Telemetry.Contracts.V1.AdminService.AdminServiceClient(channel);
        var token = new Grpc.Core.Metadata { { "authorization", "Bearer " + server.Token } };
        var costs = new List<double>();
        for (var round = 0; round < rounds + compiling; round++)
        {
            var before = server.CpuSeconds;
            ReadAll(feed, token).GetAwaiter().GetResult();
            costs.Add((server.CpuSeconds - before) * 1e6 / installations);
        }

        table.Row("feed, a reader who catches up, server CPU per event", [.. costs.Skip(compiling)], "µs");
        table.Row("store, bytes on disk per report", [admin.GetServerInfo(new(), token).StoreBytes / (double)installations], "B");
        table.Row("working set at 100,000 installations", [server.WorkingSetMegabytes], "MB");
    }

    private static async Task ReadAll(Telemetry.Contracts.V1.FeedService.FeedServiceClient feed, Grpc.Core.Metadata token)
    {
        using var call = feed.StreamEvents(new() { Beginning = new() }, token);
        while (await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
        {
            if (call.ResponseStream.Current.CaughtUp is not null)
            {
                return;
            }
        }
    }

    /// <summary>Two hundred readers that never take their messages, against none.</summary>
    private void Stalled()
    {
        using var server = ServerProcess.Telemetry();
        var pairs = Interleave(
            () => Unary(server),
            () =>
            {
                using var stalled = new StalledReaders(server, 200);
                return Unary(server);
            });
        // Each round adds installations, and the next is slower for it: held against the mean of the rounds around it.
        double[] without = [.. pairs.Select(p => p.A.Load.PerSecond), Unary(server).Load.PerSecond];
        table.Ratio(
            "throughput with 200 stalled readers : without",
            [.. pairs.Select((p, i) => 2 * p.B.Load.PerSecond / (without[i] + without[i + 1]))], 0.95, atLeast: true);
    }

    private void Scale()
    {
        const int small = 10_000;
        const int large = 1_000_000;
        using var few = ServerProcess.Telemetry(null, NoLimit);
        using var many = ServerProcess.Telemetry(null, NoLimit);
        Fill(few, small);
        Fill(many, large);
        var pairs = Interleave(
            () => Measurement.Of(few, m => LoadRunner.Closed(few.Grpc, i => new ReportSource(NextSeed(), 1, small), Saturation, m)),
            () => Measurement.Of(many, m => LoadRunner.Closed(many.Grpc, i => new ReportSource(NextSeed(), 1, large), Saturation, m)));
        table.Ratio("server CPU per report, 1,000,000 : 10,000 installations", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], 1.3);
        table.Row("working set at 1,000,000 installations", [many.WorkingSetMegabytes], "MB");
        many.Stop();
        using var restarted = ServerProcess.Telemetry(many.Data, NoLimit);
        table.Row("restart at 1,000,000 installations, after a kill", [restarted.StartUp.TotalSeconds], "s", 15);
        table.Row("working set after the restart", [restarted.WorkingSetMegabytes], "MB");
    }

    /// <summary>What following the log costs beside taking reports in, of installations that are known already.</summary>
    private void Insights()
    {
        const int installations = 100_000;
        using var without = ServerProcess.WithoutInsights(NoLimit);
        using var with = ServerProcess.Telemetry(null, NoLimit);
        Fill(without, installations);
        Fill(with, installations);
        var pairs = Interleave(
            () => Measurement.Of(without, m => LoadRunner.Closed(without.Grpc, i => new ReportSource(NextSeed(), 1, installations), Saturation, m)),
            () => Measurement.Of(with, m => LoadRunner.Closed(with.Grpc, i => new ReportSource(NextSeed(), 1, installations), Saturation, m)));
        table.Row("durable unary without insights, server CPU", [.. pairs.Select(p => p.A.CpuMicroseconds)], "µs");
        table.Row("durable unary with insights, server CPU", [.. pairs.Select(p => p.B.CpuMicroseconds)], "µs");
        table.Ratio("durable unary, with insights : without, server CPU per report", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], 1.01);
        table.Ratio("durable unary, with insights : without, throughput", [.. pairs.Select(p => p.B.Load.PerSecond / p.A.Load.PerSecond)], 0.99, atLeast: true);
    }

    /// <summary>Checks among 100,000 licenses, without and with a signed token.</summary>
    private void Licenses()
    {
        const int count = 100_000;
        using var noOp = ServerProcess.NoOp();
        using var server = ServerProcess.Telemetry();
        var fleet = LicenseFleet.IssueAsync(server, count).GetAwaiter().GetResult();
        var plan = Plan(4, 32);
        var plain = Enumerable.Range(0, 4).Select(i => new LicenseSource(fleet, withToken: false, i * count / 4)).ToArray();
        var signed = Enumerable.Range(0, 4).Select(i => new LicenseSource(fleet, withToken: true, i * count / 4)).ToArray();
        var lone = new List<double>();
        var signatures = new List<double>();
        var tokens = new List<Measurement>();
        var pairs = Interleave(
            () => Measurement.Of(noOp, m => LoadRunner.Closed(noOp.Grpc, i => plain[i], plan, m)),
            () =>
            {
                lone.Add(Signature.CpuMicroseconds(duration, 1));
                signatures.Add(Signature.CpuMicroseconds(duration, Environment.ProcessorCount));
                tokens.Add(Measurement.Of(server, m => LoadRunner.Closed(server.Grpc, i => signed[i], plan, m)));
                return Measurement.Of(server, m => LoadRunner.Closed(server.Grpc, i => plain[i], plan, m));
            });
        // The pairs that were thrown away left their figures here too.
        lone = lone[^pairs.Count..];
        signatures = signatures[^pairs.Count..];
        tokens = tokens[^pairs.Count..];
        table.Row("one ES256 signature alone, one processor busy, CPU", lone, "µs");
        table.Row("one ES256 signature alone, all processors busy, CPU", signatures, "µs");
        table.Row("check of a license without a token, server CPU", [.. pairs.Select(p => p.B.CpuMicroseconds)], "µs");
        table.Ratio("check without a token : no-op unary, server CPU", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], 2);
        table.Row("check of a license with a token, server CPU", [.. tokens.Select(token => token.CpuMicroseconds)], "µs");
        table.Ratio(
            "check with a token : (2 no-op unary + one signature, one processor busy), server CPU",
            [.. pairs.Select((p, i) => tokens[i].CpuMicroseconds / ((2 * p.A.CpuMicroseconds) + lone[i]))], 1);
        table.Ratio(
            "check with a token : (2 no-op unary + one signature, all processors busy), server CPU",
            [.. pairs.Select((p, i) => tokens[i].CpuMicroseconds / ((2 * p.A.CpuMicroseconds) + signatures[i]))], 1);
    }

    private void Etcd()
    {
        using var etcd = ServerProcess.Etcd();
        using var server = ServerProcess.Telemetry();
        var pairs = Interleave(
            () => LoadRunner.Closed(etcd.Grpc, i => new EtcdSource(NextSeed()), Saturation),
            () => Unary(server).Load);
        if (pairs.Sum(p => p.A.Errors) is var errors and > 0)
        {
            throw new InvalidOperationException($"{errors} puts failed.");
        }

        table.Row("etcd, durable puts of the same bytes per second", [.. pairs.Select(p => p.A.PerSecond)], "/s");
        table.Row("durable unary : etcd put, throughput", [.. pairs.Select(p => p.B.PerSecond / p.A.PerSecond)], "x");
    }

    /// <summary>A minute of strangers who invent what they send, against the limits that a server has by itself.</summary>
    private void Flood()
    {
        using var server = ServerProcess.Limited(NoLimit);
        var result = FloodRun.RunAsync(server, TimeSpan.FromMinutes(1)).GetAwaiter().GetResult();
        table.Row($"flood from {FloodRun.Strangers} addresses for a minute, invented reports sent", [result.Sent], "");
        table.Row("flood, invented installations taken", [result.Accepted], "", 100 * FloodRun.Strangers);
        table.Row("flood, neighbors' reports taken", [result.Served], "");
        table.Row("flood, neighbors' reports not taken", [result.Failed], "", 0);
        table.Row("flood, neighbors' p99", [result.P99], "ms");
        table.Row("flood, working set before", [result.MemoryBefore], "MB");
        table.Row("flood, highest working set", [result.MemoryHighest], "MB", 400);
        table.Row("flood, difference of the server's figures to the receipts", [result.Wrong], "", 0);
    }

    private Measurement Unary(ServerProcess server) =>
        Measurement.Of(server, m => LoadRunner.Closed(server.Grpc, Source, Saturation, m));

    /// <summary>Where more calls at a time no longer raise what the durable server takes.</summary>
    private LoadPlan Saturation => Plan(8, 100);

    private ReportSource Source(int connection) => new(NextSeed());

    private int NextSeed() => Interlocked.Increment(ref _seed);

    private LoadPlan Plan(int connections, int streams) => new(connections, streams, warmUp, duration);

    /// <summary>A, B, A, B ...</summary>
    private List<(T A, T B)> Interleave<T>(Func<T> a, Func<T> b)
    {
        Settle(a, b);
        return [.. Enumerable.Range(0, rounds).Select(_ => (a(), b()))];
    }

    /// <summary>Runs both, and throws away what they measure, until the servers have compiled what is hot.</summary>
    private static void Settle<T>(Func<T> a, Func<T> b)
    {
        var watch = Stopwatch.StartNew();
        do
        {
            a();
            b();
        }
        while (watch.Elapsed < Settling);
    }

    /// <summary>The highest rate that the no-op still serves in time: p99 below 20 ms and nothing left behind.</summary>
    private double ArrivalLimit(ServerProcess noOp)
    {
        var rate = 5_000.0;
        while (rate < 200_000)
        {
            var next = rate * 1.25;
            var load = LoadRunner.Open(noOp.Grpc, Source, next, Plan(4, 1));
            if (load.P99 > 20 || load.PerSecond < 0.98 * next)
            {
                break;
            }

            rate = next;
        }

        return rate;
    }

    private static void Fill(ServerProcess server, int installations)
    {
        const int size = 500;
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress($"http://{server.Grpc}");
        var client = new Telemetry.Contracts.V1.ReportingService.ReportingServiceClient(channel);
        var source = new ReportSource(0, size, first: 0);
        for (var done = 0; done < installations; done += size)
        {
            var request = Telemetry.Contracts.V1.SubmitReportsRequest.Parser.ParseFrom(source.Next()[5..]);
            var response = client.SubmitReports(request);
            if (response.Results.Any(result => result.Receipt is null))
            {
                throw new InvalidOperationException("Filling failed: " + response.Results[0]);
            }
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
