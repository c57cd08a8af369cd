using Bench.Feed;
using Bench.Load;
using Bench.Servers;

namespace Bench;

/// <summary>What is measured, and against what.</summary>
internal sealed class Scenarios(Table table, int rounds, TimeSpan warmUp, TimeSpan duration, double? arrivalRate)
{
    private const string NoLimit = "--Ingestion:MinimumInterval=00:00:00";
    private const int BatchSize = 100;

    private int _seed = 1;

    public IReadOnlyDictionary<string, Action> All => new Dictionary<string, Action>
    {
        ["submit"] = Submit,
        ["arrivals"] = Arrivals,
        ["batch"] = Batch,
        ["web"] = Web,
        ["json"] = Json,
        ["feed"] = Feed,
        ["stalled"] = Stalled,
        ["scale"] = Scale,
        ["licenses"] = Licenses,
        ["etcd"] = Etcd,
    };

    /// <summary>Durable unary calls at saturation against the no-op's.</summary>
    private void Submit()
    {
        using var noOp = ServerProcess.NoOp();
        using var server = ServerProcess.Telemetry();
        var pairs = _ = Interleave(() => Unary(noOp), () => Unary(server));
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
        _ = Interleave(() => Unary(noOp), () => Unary(server));
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

    private void Web()
    {
        using var server = ServerProcess.Telemetry();
        var pairs = Interleave(
            () => Unary(server),
            () => Measurement.Of(server, m => LoadRunner.Http1(server.Http, Source, "application/grpc-web", Plan(4, 8), m)));
        table.Ratio("gRPC-Web over HTTP/1.1 : native, server CPU per report", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], 2.5);
    }

    private void Json()
    {
        using var server = ServerProcess.Telemetry();
        var pairs = Interleave(
            () => Unary(server),
            () => Measurement.Of(
                server, m => LoadRunner.Http1(server.Http, i => new JsonSource(NextSeed()), "application/json", Plan(4, 8), m)));
        table.Ratio("HTTP/JSON door : native, server CPU per report", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], 3);
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
        table.Ratio("throughput with 200 stalled readers : without", [.. pairs.Select(p => p.B.Load.PerSecond / p.A.Load.PerSecond)], 0.95, atLeast: true);
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
            () => Measurement.Of(few, m => LoadRunner.Closed(few.Grpc, i => new ReportSource(NextSeed(), 1, small), Plan(4, 100), m)),
            () => Measurement.Of(many, m => LoadRunner.Closed(many.Grpc, i => new ReportSource(NextSeed(), 1, large), Plan(4, 100), m)));
        table.Ratio("server CPU per report, 1,000,000 : 10,000 installations", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], 1.3);
        table.Row("working set at 1,000,000 installations", [many.WorkingSetMegabytes], "MB");
        many.Stop();
        using var restarted = ServerProcess.Telemetry(many.Data, NoLimit);
        table.Row("restart at 1,000,000 installations, after a kill", [restarted.StartUp.TotalSeconds], "s", 15);
        table.Row("working set after the restart", [restarted.WorkingSetMegabytes], "MB");
    }

    /// <summary>Checks among 100,000 licences, without and with a signed token.</summary>
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
        // The pair that only warmed up left its figures here too.
        lone.RemoveAt(0);
        signatures.RemoveAt(0);
        tokens.RemoveAt(0);
        table.Row("one ES256 signature alone, one processor busy, CPU", lone, "µs");
        table.Row("one ES256 signature alone, all processors busy, CPU", signatures, "µs");
        table.Row("check of a licence without a token, server CPU", [.. pairs.Select(p => p.B.CpuMicroseconds)], "µs");
        table.Ratio("check without a token : no-op unary, server CPU", [.. pairs.Select(p => p.B.CpuMicroseconds / p.A.CpuMicroseconds)], 2);
        table.Row("check of a licence with a token, server CPU", [.. tokens.Select(token => token.CpuMicroseconds)], "µs");
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
        var ratios = new List<double>();
        var puts = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var theirs = LoadRunner.Closed(etcd.Grpc, i => new EtcdSource(NextSeed()), Plan(4, 100));
            if (theirs.Errors > 0)
            {
                throw new InvalidOperationException($"{theirs.Errors} puts failed.");
            }

            var own = Unary(server);
            puts.Add(theirs.PerSecond);
            ratios.Add(own.Load.PerSecond / theirs.PerSecond);
        }

        table.Row("etcd, durable puts of the same bytes per second", puts, "/s");
        table.Ratio("durable unary : etcd put, throughput", ratios, 5, atLeast: true);
    }

    private Measurement Unary(ServerProcess server) =>
        Measurement.Of(server, m => LoadRunner.Closed(server.Grpc, Source, Plan(4, 100), m));

    private ReportSource Source(int connection) => new(NextSeed());

    private int NextSeed() => Interlocked.Increment(ref _seed);

    private LoadPlan Plan(int connections, int streams) => new(connections, streams, warmUp, duration);

    /// <summary>A, B, A, B ... The first pair is thrown away: the servers still compile what is hot.</summary>
    private List<(T A, T B)> Interleave<T>(Func<T> a, Func<T> b)
    {
        a();
        b();
        return [.. Enumerable.Range(0, rounds).Select(_ => (a(), b()))];
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
