using System.Diagnostics;
using System.Text.RegularExpressions;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Transcoding;

/// <summary>What docs/admin-clients.md has for a shell is run in one.</summary>
public sealed partial class DocumentedCallsTests
{
    private const string Server = "http://127.0.0.1:8080";

    [Fact]
    public async Task Every_documented_call_in_JSON_succeeds()
    {
        await using var server = await TestServer.StartAsync();
        await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(SampleReports.Request("https://rooms.example.org"));
        var instance = (await server.Admin.ListInstancesAsync(new(), server.Authorized)).Instances[0].InstanceId;
        var license = await server.LicenseAdmin.IssueLicenseAsync(new() { CustomerReference = "C-1", Apps = { "roomvox" } }, server.Authorized);
        var folder = Directory.CreateTempSubdirectory("telemetry-documented-");
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "usage.binpb"), new MadeUpContract().ToSet().ToByteArray());
        var blocks = Block().Matches(await File.ReadAllTextAsync(PathOf("docs/admin-clients.md"))).Select(block => block.Groups[1].Value).ToList();
        var script = string.Join('\n', blocks).Replace(Server, server.Http.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        // A stream ends when nobody reads it and something more comes; where the clock stands still nothing does. So it must
        // hold nothing of the shell's: whoever reads the shell's words would wait for it.
        var ending = Stream().Replace(script, "head -n 2 < <(exec 2>/dev/null; exec $1)");

        var run = RunAsync(folder.FullName, "set -e\ncurl() { command curl -sS --fail-with-body \"$@\"; echo; }\n" + ending, new()
        {
            ["TELEMETRY_TOKEN"] = server.AdminToken,
            ["INSTANCE_ID"] = instance,
            ["LICENSE_ID"] = license.License.LicenseId,
            ["LICENSE_KEY"] = license.LicenseKey,
            ["INSTANCE_HASH"] = SampleReports.HashOf("https://rooms.example.org"),
        });
        var (status, output) = await Patience.For(run, "the documented calls end");

        folder.Delete(recursive: true);
        Assert.True(status == 0, output);
        Assert.InRange(Command().Count(script), 12, 30);
        Assert.Equal(Command().Count(script), Answer().Count(output) - ExtraLines(script));
        Assert.Equal("LICENSE_STATE_REVOKED", "LICENSE_STATE_" + (await server.LicenseAdmin.GetLicenseAsync(
            new() { LicenseId = license.License.LicenseId }, server.Authorized)).License.State.ToString().ToUpperInvariant());
        Assert.NotNull(await server.Apps.GetAppAsync(new() { App = "invoicer" }, server.Authorized));
    }

    /// <summary>Streams show two lines each.</summary>
    private static int ExtraLines(string script) => script.Split("head -n 2").Length - 1;

    private static async Task<(int Status, string Output)> RunAsync(string folder, string script, Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo("bash") { ArgumentList = { "-c", script }, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var bash = Process.Start(start)!;
        var output = bash.StandardOutput.ReadToEndAsync();
        var errors = bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return (bash.ExitCode, await output + await errors);
    }

    private static string PathOf(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Telemetry.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, file);
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^(curl -N (?:[^|\n]|\\\n)*) \| head -n 2$", RegexOptions.Multiline)]
    private static partial Regex Stream();

    [GeneratedRegex("^curl ", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^\{", RegexOptions.Multiline)]
    private static partial Regex Answer();
}
