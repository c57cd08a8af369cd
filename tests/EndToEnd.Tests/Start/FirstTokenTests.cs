using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests.Start;

public sealed class FirstTokenTests : IDisposable
{
    private const string Unused = "was never used. If nobody has it, start once with --new-owner-token";

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-token-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_first_start_that_fails_leaves_the_token_to_the_next_one()
    {
        using var taken = Surroundings.TakePort();
        var (exitCode, output) = await ServerProcess.RunToEndAsync(ServerStart.On(_data, "--grpc", $"127.0.0.1:{taken.Port}"));
        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("Owner token", output, StringComparison.Ordinal);

        using var server = await ServerProcess.StartAsync(_data);

        Assert.NotNull(server.AdminToken);
        Assert.True(await IsGoodAsync(server, server.AdminToken));
    }

    [Fact]
    public async Task A_first_start_that_cannot_show_its_token_leaves_it_to_the_next_one()
    {
        var (exitCode, _) = await ServerProcess.RunToEndAsync(
            ServerStart.On(_data) with { Under = ["sh", "-c", "exec \"$@\" >/dev/full", "sh"] });
        Assert.Equal(1, exitCode);

        using var server = await ServerProcess.StartAsync(_data);

        Assert.True(await IsGoodAsync(server, server.AdminToken));
    }

    [Fact]
    public async Task A_start_says_how_to_replace_tokens_that_nobody_ever_used()
    {
        var lost = await StartOnceAsync(noted: false);
        Assert.Null(await StartOnceAsync(noted: true));

        using var server = await ServerProcess.StartAsync(_data, "--new-owner-token");

        Assert.False(await IsGoodAsync(server, lost));
        Assert.True(await IsGoodAsync(server, server.AdminToken));
    }

    [Fact]
    public async Task A_token_that_was_used_is_not_called_unused_and_outlives_new_ones()
    {
        string? used;
        using (var server = await ServerProcess.StartAsync(_data))
        {
            used = server.AdminToken;
            Assert.True(await IsGoodAsync(server, used));
            Assert.Equal(0, await server.StopAsync());
        }

        Assert.Null(await StartOnceAsync(noted: false));
        using var last = await ServerProcess.StartAsync(_data, "--new-owner-token");

        Assert.True(await IsGoodAsync(last, used));
        Assert.True(await IsGoodAsync(last, last.AdminToken));
    }

    private async Task<string?> StartOnceAsync(bool noted)
    {
        using var server = await ServerProcess.StartAsync(_data);
        Assert.Equal(noted, server.Lines.Any(line => line.Contains(Unused, StringComparison.Ordinal)));
        Assert.Equal(0, await server.StopAsync());
        return server.AdminToken;
    }

    private static async Task<bool> IsGoodAsync(ServerProcess server, string? token)
    {
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        try
        {
            await new Wire.AdminService.AdminServiceClient(channel).GetServerInfoAsync(
                new(), new Metadata { { "authorization", "Bearer " + token } });
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unauthenticated)
        {
            return false;
        }
    }
}
