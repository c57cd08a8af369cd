using Google.Rpc;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Callers;

/// <summary>Strangers that invent installations, versions and ids beside an honest neighbor; bench/run.sh flood does it for a minute.</summary>
public sealed class FloodTests
{
    private const int PerHour = 100;
    private const int Strangers = 4;
    private const int Batches = 6;

    [Fact]
    public async Task Strangers_bring_in_what_they_may_a_neighbor_is_served_throughout_and_the_figures_are_right()
    {
        // The defaults of a server that faces the world.
        await using var server = await TestServer.StartAsync(
            settings: [$"Limits:NewInstallationsPerHour={PerHour}", "Limits:RequestsPerMinute=6000", "Ingestion:MinimumInterval=00:00:00"]);
        using var honest = new CallerAt(server, "127.0.0.200");
        var flood = Enumerable.Range(0, Strangers).Select(stranger => Task.Run(() => FloodAsync(server, stranger))).ToList();

        var served = 0;
        do
        {
            var receipt = await Patience.For(
                honest.Reporting.SubmitReportAsync(SampleReports.Request("https://honest.example")).ResponseAsync,
                "the neighbor's receipt");
            Assert.NotNull(receipt.Receipt);
            served++;
        }
        while (!flood.TrueForAll(task => task.IsCompleted) || served < 10);

        var accepted = (await Task.WhenAll(flood)).Sum();
        Assert.Equal(Strangers * PerHour, accepted);
        Assert.Equal(accepted + 1, server.Store.InstanceCount);
        Assert.Equal(accepted + served, server.Store.Current.Number);
        var stats = await new Wire.AdminService.AdminServiceClient(server.Native).GetServerInfoAsync(new(), server.Authorized);
        Assert.Equal((ulong)accepted + 1, stats.Instances);
    }

    /// <returns>How many installations it brought in.</returns>
    private static async Task<int> FloodAsync(TestServer server, int stranger)
    {
        using var caller = new CallerAt(server, $"127.0.0.{stranger + 2}");
        var accepted = 0;
        for (var batch = 0; batch < Batches; batch++)
        {
            var reports = Enumerable.Range(0, 1000).Select(i =>
            {
                var report = SampleReports.Of($"https://{Guid.NewGuid():N}.example");
                report.AppVersion = $"{stranger}.{batch}.{i}";
                return report;
            });
            try
            {
                var response = await caller.Reporting.SubmitReportsAsync(new() { Reports = { reports } });
                accepted += response.Results.Count(result => result.Receipt is not null);
                Assert.All(
                    response.Results.Where(result => result.Receipt is null),
                    result => Assert.Equal("TOO_MANY_NEW_INSTALLATIONS", result.Status.GetDetail<ErrorInfo>()!.Reason));
            }
            catch (RpcException e)
            {
                Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
            }
        }

        return accepted;
    }
}
