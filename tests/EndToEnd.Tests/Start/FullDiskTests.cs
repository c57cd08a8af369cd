using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests.Start;

public sealed class FullDiskTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-full-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_disk_that_is_full_while_reports_come_is_told_once_and_not_for_each_of_them()
    {
        using var server = await ServerProcess.StartAsync(
            ServerStart.On(_data) with { Under = Surroundings.SmallDisk(_data, 1_536) });
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        var client = new Wire.ReportingService.ReportingServiceClient(channel);

        for (var (number, refused) = (0, 0); refused < 200; number++)
        {
            try
            {
                await client.SubmitReportAsync(SampleReports.Request($"https://full-{number}.example"));
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                refused++;
            }
        }

        Assert.Equal(0, await server.StopAsync());
        Assert.Single(server.Lines, line => line.Contains("The store cannot commit", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Lines, line => line.Contains("   at ", StringComparison.Ordinal));
    }
}
