namespace Telemetry.EndToEnd.Tests;

public sealed class WorkerSampleTests
{
    [Theory]
    [InlineData("", "Reports: On, which is the default")]
    [InlineData("1", "Reports: Off, because the environment variable DO_NOT_TRACK is set")]
    public async Task The_smallest_app_starts_and_says_how_reporting_stands(string doNotTrack, string words)
    {
        var worker = Path.Combine(
            AppContext.BaseDirectory.Replace(
                Path.Combine("tests", "EndToEnd.Tests"), Path.Combine("samples", "Worker"), StringComparison.Ordinal),
            "Worker.dll");
        using var process = ProbeProcess.Start(
            "dotnet", new Dictionary<string, string> { ["DO_NOT_TRACK"] = doNotTrack }, [worker]);
        try
        {
            var line = await Testing.Patience.For(process.StandardOutput.ReadLineAsync(), "the app says how reporting stands");

            Assert.StartsWith(words, line, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }
}
