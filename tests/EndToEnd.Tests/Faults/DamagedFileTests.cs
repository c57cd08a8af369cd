using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Server.Storage;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>Each kind of file of a stopped server holds other bytes than were written: the executable says which, or heals, and never serves anything else.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private const int Days = 5;
    private const int PerDay = 60;

    private static readonly string[] Kinds =
        ["telemetry.db", "telemetry.log", "telemetry.2.log", "segments/*", "insights/*", "secret.key", "signing/root-*", "signing/signing-*"];

    private readonly string _root = Directory.CreateTempSubdirectory("telemetry-damaged-").FullName;
    private readonly List<string> _findings = [];
    private string _token = "";
    private KeyValuePair<ulong, string>[] _truth = [];
    private Wire.GetOverviewResponse _answer = new();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("a bit is flipped", 20_261_128)]
    [InlineData("half of it or more is missing", 20_261_129)]
    public async Task Damage_of_any_file_is_named_or_healed_and_never_served(string damage, int seed)
    {
        var template = await FillAsync();
        var random = new Random(seed);
        foreach (var kind in Kinds)
        {
            var data = Path.Combine(_root, "damaged");
            StoppedData.Copy(template, data);
            var files = Directory.GetFiles(Path.Combine(data, Path.GetDirectoryName(kind)!), Path.GetFileName(kind));
            Assert.NotEmpty(files);
            var file = files[random.Next(files.Length)];
            var bytes = await File.ReadAllBytesAsync(file);
            await File.WriteAllBytesAsync(file, damage == "a bit is flipped" ? DamagedBytes.FlipBit(bytes, random) : bytes[..random.Next(bytes.Length / 2)]);
            Figures.Tell($"{Path.GetRelativePath(data, file)}, {damage}: {await OutcomeAsync(data, file)}");
            Directory.Delete(data, recursive: true);
        }

        Assert.Empty(_findings);
    }

    private async Task<string> OutcomeAsync(string data, string file)
    {
        var name = Path.GetFileName(file);
        var (server, exitCode, output) = await ServerProcess.TryStartAsync(ServerStart.On(data));
        if (server is null)
        {
            // A secret with other bytes is a secret; it is told by what was stored under it.
            Expect(exitCode == 1 && !output.Contains("   at ", StringComparison.Ordinal), $"{name}: exit code {exitCode}: {output}");
            Expect(output.Contains(name, StringComparison.Ordinal) || (name == "secret.key" && output.Contains("The secret is not the one", StringComparison.Ordinal)), $"{name} is not named: {output}");
            return $"refused: {output.Split('\n')[^1]}";
        }

        using (server)
        {
            try
            {
                var read = (await FeedOfAll.ReadAsync(server.Grpc, _token)).ToArray();
                // What a power loss would leave of the very last commit cannot be told from it: docs/operations/data.md.
                var whole = name.EndsWith(".log", StringComparison.Ordinal) && read.Length == _truth.Length - 1 ? _truth[..^1] : _truth;
                Expect(read.SequenceEqual(whole), $"{name}: served {read.Length} reports, and not those {_truth.Length} that were stored.");
                Expect((await AskAsync(server)).Equals(_answer), $"{name}: the insights answer otherwise than before.");
                return string.Join(" | ", ["healed, or nothing needs it", .. server.Lines.Where(line => line.Contains("damage", StringComparison.Ordinal))]);
            }
            catch (RpcException e)
            {
                using var client = new HttpClient { BaseAddress = server.Http };
                var health = await client.GetStringAsync("/healthz");
                Expect(e.StatusCode == StatusCode.DataLoss, $"{name}: {e.Status}");
                Expect(health.Contains("damaged", StringComparison.Ordinal), $"{name}: the health page says {health}");
                server.Kill();
                var (code, findings) = await ServerProcess.RunToEndAsync(new ServerStart { Arguments = ["--data", data, "--verify"] });
                Expect(code == 1 && findings.Contains(name, StringComparison.Ordinal), $"{name}: --verify ends with {code}: {findings}");
                return $"DATA_LOSS, and --verify says: {findings.Split('\n')[0]}";
            }
        }
    }

    private void Expect(bool condition, string otherwise)
    {
        if (!condition)
        {
            _findings.Add(otherwise);
        }
    }

    /// <summary>Days that are over in segments, insights of them, a running day in the database, and a log that a kill left.</summary>
    private async Task<string> FillAsync()
    {
        var data = Path.Combine(_root, "template");
        using (var first = await ServerProcess.StartAsync(data))
        {
            _token = first.AdminToken!;
            Assert.Equal(0, await first.StopAsync());
        }

        await using (var store = StoppedData.Open(data))
        {
            var reports = new RandomReports(new Random(7));
            for (var day = Days; day > 0; day--)
            {
                var batch = Enumerable.Range(0, PerDay).Select(reports.Next).ToList();
                store.Commit(batch, new CommitRules(TimeProvider.System.GetUtcNow().AddDays(1 - day).AddMinutes(-1), TimeSpan.Zero));
            }

            while (await store.MoveStepAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None))
            {
            }
        }

        using (var second = await ServerProcess.StartAsync(data))
        {
            await AskAsync(second);
            Assert.Equal(0, await second.StopAsync());
        }

        using (var third = await ServerProcess.StartAsync(data))
        {
            using (var channel = GrpcChannel.ForAddress(third.Grpc))
            {
                var client = new Wire.ReportingService.ReportingServiceClient(channel);
                for (var i = 0; i < 20; i++)
                {
                    await client.SubmitReportAsync(SampleReports.Request($"https://last-{i}.example"));
                }
            }

            _truth = [.. await FeedOfAll.ReadAsync(third.Grpc, _token)];
            _answer = await AskAsync(third);
            third.Kill();
        }

        Assert.Equal((Days * PerDay) + 20, _truth.Length);
        return data;
    }

    /// <returns>The fleet of a day that is over, without when it was asked.</returns>
    private async Task<Wire.GetOverviewResponse> AskAsync(ServerProcess server)
    {
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        var day = TimeProvider.System.GetUtcNow().AddDays(-2);
        var answer = await new Wire.InsightsService.InsightsServiceClient(channel).GetOverviewAsync(
            new() { Day = new() { Year = day.Year, Month = day.Month, Day = day.Day }, CompareDays = 1 }, new Metadata { { "authorization", "Bearer " + _token } });
        (answer.Position, answer.Time) = (null, null);
        answer.Attention.Clear();
        return answer;
    }
}
