using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests;

/// <summary>The server is killed again and again: whoever owned what was collected does so afterwards, and nobody else.</summary>
public sealed class OwnershipKillTests : IDisposable
{
    private const string App = "roomvox";

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-ownership-kill-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Killed_after_each_answer_the_server_knows_whose_the_reports_are_and_gives_the_receipt_again()
    {
        // The first report of three, the second one of two, with another secret.
        await OnceAsync(async reporting =>
        {
            foreach (var (name, secret) in new[] { ("kept", 1), ("ended", 1), ("none", 0) })
            {
                await ReportAsync(reporting, name, secret);
            }
        });
        await OnceAsync(async reporting =>
        {
            await ReportAsync(reporting, "kept", 1);
            await ReportAsync(reporting, "ended", 2);
            await ReportAsync(reporting, "none", 1);
        });
        await OnceAsync(async channel =>
        {
            Assert.Equal(3, await CountAsync(channel, "kept", 1));
            Assert.Equal([null, null, null], new[] { await CountAsync(channel, "kept", 2), await CountAsync(channel, "ended", 1), await CountAsync(channel, "none", 1) });
            Assert.Equal((2ul, false), await EraseAsync(channel, "kept", 1));
        });
        await OnceAsync(async channel =>
        {
            Assert.Equal((2ul, true), await EraseAsync(channel, "kept", 1));
            Assert.Null(await CountAsync(channel, "kept", 1));
            await ReportAsync(channel, "kept", 2);
        });
        await OnceAsync(async channel =>
        {
            Assert.Equal(2, await CountAsync(channel, "kept", 2));
            Assert.Equal((2ul, true), await EraseAsync(channel, "kept", 1));
            Assert.Equal(2, await CountAsync(channel, "kept", 2));
        });
    }

    private async Task OnceAsync(Func<GrpcChannel, Task> calls)
    {
        using var server = await ServerProcess.StartAsync(_data, "--Ingestion:MinimumInterval=00:00:00");
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        await calls(channel);
        server.Kill();
    }

    private static async Task ReportAsync(GrpcChannel channel, string name, int secret) =>
        await new Wire.ReportingService.ReportingServiceClient(channel).SubmitReportAsync(new()
        {
            Report = SampleReports.Of($"https://{name}.example.org"),
            OwnershipSecret = secret == 0 ? ByteString.Empty : SecretOf(secret),
        });

    /// <summary>How many parts the owner gets; null when it is somebody else.</summary>
    private static async Task<int?> CountAsync(GrpcChannel channel, string name, int secret)
    {
        try
        {
            using var call = new Wire.OwnDataService.OwnDataServiceClient(channel).ExportOwnData(
                new() { App = App, InstanceHash = SampleReports.HashOf($"https://{name}.example.org"), OwnershipSecret = SecretOf(secret) });
            return await call.ResponseStream.ReadAllAsync().CountAsync();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.PermissionDenied)
        {
            return null;
        }
    }

    private static async Task<(ulong Reports, bool Before)> EraseAsync(GrpcChannel channel, string name, int secret)
    {
        var answer = await new Wire.OwnDataService.OwnDataServiceClient(channel).EraseOwnDataAsync(
            new() { App = App, InstanceHash = SampleReports.HashOf($"https://{name}.example.org"), OwnershipSecret = SecretOf(secret) });
        return (answer.Erased.Single().Reports, answer.ErasedBefore);
    }

    private static ByteString SecretOf(int seed) => ByteString.CopyFrom([.. Enumerable.Repeat((byte)seed, 32)]);
}
