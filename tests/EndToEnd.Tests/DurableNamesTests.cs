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
            var calls = await File.ReadAllLinesAsync(trace);
            var renamed = calls.Select((call, index) => (Match: Rename().Match(call), index))
                .Where(call => call.Match.Success && call.Match.Groups["to"].Value.StartsWith(data, StringComparison.Ordinal))
                .ToList();

            // The secret, the root key and the first signing key.
            Assert.Equal(3, renamed.Count);
            foreach (var (match, index) in renamed)
            {
                var directory = Path.GetDirectoryName(match.Groups["to"].Value)!;
                Assert.Contains(calls[index..], call => Regex.IsMatch(call, @"fsync\(\d+<" + Regex.Escape(directory) + ">"));
            }
        }
        finally
        {
            File.Delete(trace);
            Directory.Delete(data, recursive: true);
        }
    }

    [GeneratedRegex("(rename|link)(at2?)?\\(.*\"(?<to>[^\"]+)\"[^\"]*\\)?")]
    private static partial Regex Rename();
}
