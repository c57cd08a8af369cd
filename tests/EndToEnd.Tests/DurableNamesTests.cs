using System.Text.RegularExpressions;
using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests;

/// <summary>What must survive a power loss has its name on the disk too: seen from outside, by the system calls.</summary>
public sealed partial class DurableNamesTests
{
    [Fact]
    public async Task Every_rename_of_a_first_start_is_followed_by_a_sync_of_its_directory()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-names-").FullName;
        var trace = Path.GetTempFileName();
        try
        {
            using var process = ProbeProcess.Start(
                "strace", new Dictionary<string, string>(),
                [
                    "-f", "-qq", "-y", "-e", "trace=/^(rename|link|fsync)", "-o", trace, "dotnet",
                    Path.Combine(AppContext.BaseDirectory, "Telemetry.Server.dll"),
                    "--data", data, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0",
                ]);
            while (await Patience.For(process.StandardOutput.ReadLineAsync(), "the server is ready") is { } line
                && !line.StartsWith("Ready", StringComparison.Ordinal))
            {
            }

            process.Kill(entireProcessTree: true);
            await Patience.For(process.WaitForExitAsync(), "the server ends");

            // The secret, the root key and the first signing key.
            Assert.Equal(3, AssertSynced(await File.ReadAllLinesAsync(trace), data));
        }
        finally
        {
            File.Delete(trace);
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Every_rename_in_an_installations_state_is_followed_by_a_sync_of_its_directory()
    {
        var state = Directory.CreateTempSubdirectory("telemetry-names-").FullName;
        var trace = Path.GetTempFileName();
        try
        {
            using var process = ProbeProcess.Start(
                "strace", new Dictionary<string, string>(),
                ["-f", "-qq", "-y", "-e", "trace=/^(rename|link|fsync)", "-o", trace, .. ProbeProcess.Command("send", state, "http://127.0.0.1:1")]);
            Assert.Equal("Unreachable\n", await Patience.For(process.StandardOutput.ReadToEndAsync(), "the probe ends"));
            await Patience.For(process.WaitForExitAsync(), "the probe ends");

            // The attempt, the report that was kept, and the result.
            Assert.InRange(AssertSynced(await File.ReadAllLinesAsync(trace), state), 3, int.MaxValue);
        }
        finally
        {
            File.Delete(trace);
            Directory.Delete(state, recursive: true);
        }
    }

    /// <returns>How many files whose content was synced got their names there.</returns>
    private static int AssertSynced(string[] calls, string root)
    {
        var renamed = calls.Select((call, index) => (Match: Rename().Match(call), index))
            .Where(call => call.Match.Success && call.Match.Groups["to"].Value.StartsWith(root, StringComparison.Ordinal))
            .Where(call => IsSynced(calls[..call.index], call.Match.Groups["from"].Value))
            .ToList();
        Assert.All(renamed, call => Assert.True(
            IsSynced(calls[call.index..], Path.GetDirectoryName(call.Match.Groups["to"].Value)!), calls[call.index]));
        return renamed.Count;
    }

    private static bool IsSynced(string[] calls, string path) =>
        calls.Any(call => Regex.IsMatch(call, @"fsync\(\d+<" + Regex.Escape(path) + ">"));

    [GeneratedRegex("(rename|link)(at2?)?\\([^\"]*\"(?<from>[^\"]+)\".*\"(?<to>[^\"]+)\"[^\"]*\\)?")]
    private static partial Regex Rename();
}
