using System.Diagnostics;
using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests;

/// <summary>What an operator does with a data directory, by the executable's own switches.</summary>
public sealed class DataDirectoryTests
{
    [Fact]
    public async Task Damage_is_found_refused_and_salvaged()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-data-").FullName;
        try
        {
            using (var server = await ServerProcess.StartAsync(data))
            {
                server.Kill();
            }

            Assert.Equal(0, (await RunAsync(data, "--verify")).ExitCode);
            var log = Path.Combine(data, "telemetry.log");
            var bytes = await File.ReadAllBytesAsync(log);
            bytes[^100] ^= 1;
            await File.WriteAllBytesAsync(log, bytes);

            var verified = await RunAsync(data, "--verify");
            var started = await RunAsync(data, "--http=127.0.0.1:0", "--grpc=127.0.0.1:0");
            Assert.Equal((1, 1), (verified.ExitCode, started.ExitCode));
            Assert.Contains("'telemetry.log' at byte", verified.Output, StringComparison.Ordinal);
            Assert.Contains("'telemetry.log' at byte", started.Output, StringComparison.Ordinal);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(log));

            var salvaged = await RunAsync(data, "--salvage");
            Assert.Equal(0, salvaged.ExitCode);
            Assert.Contains("Kept: ", salvaged.Output, StringComparison.Ordinal);
            Assert.Equal(0, (await RunAsync(data, "--verify")).ExitCode);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_secret_of_other_data_is_found_and_refused()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-data-").FullName;
        try
        {
            using (var server = await ServerProcess.StartAsync(data))
            {
                server.Kill();
            }

            var secret = Path.Combine(data, "secret.key");
            var bytes = await File.ReadAllBytesAsync(secret);
            bytes[5] ^= 1;
            await File.WriteAllBytesAsync(secret, bytes);

            foreach (var arguments in new string[][] { ["--verify"], ["--http=127.0.0.1:0", "--grpc=127.0.0.1:0"] })
            {
                var run = await RunAsync(data, arguments);
                Assert.Equal(1, run.ExitCode);
                Assert.Contains("The secret is not the one", run.Output, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string data, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Telemetry.Server.dll"), "--data", data, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await Patience.For(process.WaitForExitAsync(), "the server ends");
        return (process.ExitCode, await output + await error);
    }
}
