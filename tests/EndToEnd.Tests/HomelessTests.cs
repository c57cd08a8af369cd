using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests;

/// <summary>An app with the default options under accounts that services and containers have.</summary>
public sealed class HomelessTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("telemetry-home-").FullName;

    [Fact]
    public async Task A_fresh_account_gets_its_folders_made()
    {
        var output = await RunAsync(_home);

        Assert.Equal($"On Default Unreachable {Path.Combine(_home, ".local", "share", "telemetry", "roomvox")}", output);
    }

    [Theory]
    [InlineData("/proc/nobody")]
    [InlineData("/dev/null")]
    public async Task An_account_without_a_home_runs_without_reports_and_says_so(string home)
    {
        var output = await RunAsync(home);

        Assert.Equal($"Off UnusableState NotPrepared {home}/.local/share/telemetry/roomvox", output);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static async Task<string> RunAsync(string home)
    {
        using var process = ProbeProcess.Start(
            new Dictionary<string, string> { ["HOME"] = home, ["XDG_DATA_HOME"] = "" }, "home", "http://127.0.0.1:1");
        var output = await Patience.For(process.StandardOutput.ReadToEndAsync(), "the app ends");
        await Patience.For(process.WaitForExitAsync(), "the app ends");
        Assert.Equal(0, process.ExitCode);
        return output.Trim();
    }
}
