using Telemetry.Contracts.V1;
using static Telemetry.Cli.Tests.CliRunner;

namespace Telemetry.Cli.Tests;

/// <summary>What a privacy officer does for one installation.</summary>
public sealed class EraseInstanceCommandTests : IDisposable
{
    private const string Url = "https://cloud.example.org";

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-erase-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Everything_of_an_installation_is_exported_then_erased_and_the_receipt_is_verified_without_the_server()
    {
        await using var server = await StartAsync();
        var (file, key, receipt) = (Path.Combine(_directory, "one.jsonl"), Path.Combine(_directory, "root.pem"), Path.Combine(_directory, "receipt"));

        var exported = await AskAsync(server, "instances", "export", Url, "-o", file);
        var unsure = await AskAsync(server, "instances", "erase", Url);
        var erased = await AskAsync(server, "instances", "erase", Url, "--yes");
        var gone = await AskAsync(server, "instances", "export", Url, "-o", file + "2");
        var root = await RunAsync("", "licenses", "root-key", "--server", server.Http2.ToString());
        await File.WriteAllTextAsync(key, root.Output);
        await File.WriteAllTextAsync(receipt, erased.Output.Split('\n').Single(line => line.StartsWith("Receipt: ", StringComparison.Ordinal))["Receipt: ".Length..]);
        var genuine = await RunAsync("", "instances", "receipt", receipt, "--root-key", key);

        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal((0, ExitCodes.Usage, 0, ExitCodes.Refused, 0), (exported.Code, unsure.Code, erased.Code, gone.Code, genuine.Code));
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"instance\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"report\"", lines[1], StringComparison.Ordinal);
        Assert.Contains("add --yes", unsure.Error, StringComparison.Ordinal);
        Assert.Contains($"instances export {Url} -o FILE", unsure.Error, StringComparison.Ordinal);
        Assert.Contains("Erased: 1 reports of roomvox, 2026-11-20 12:00:00 UTC.", erased.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing is stored", gone.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file + "2"));
        Assert.Contains($"Genuine: 1 reports of roomvox of the installation {SampleReports.HashOf(Url)} were erased, 2026-11-20 12:00:00 UTC.", genuine.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_that_was_changed_or_is_of_another_server_is_refused()
    {
        await using var server = await StartAsync();
        await using var stranger = await TestServer.StartAsync();
        var (key, other) = (Path.Combine(_directory, "root.pem"), Path.Combine(_directory, "other.pem"));
        await File.WriteAllTextAsync(key, (await RunAsync("", "licenses", "root-key", "--server", server.Http2.ToString())).Output);
        await File.WriteAllTextAsync(other, (await RunAsync("", "licenses", "root-key", "--server", stranger.Http2.ToString())).Output);
        var receipt = EraseInstanceResponse.Parser.ParseJson((await AskAsync(server, "instances", "erase", Url, "--yes", "--json")).Output).Apps.Single().Receipt;
        var parts = receipt.Split('.');

        var foreign = await RunAsync(receipt, "instances", "receipt", "-", "--root-key", other);
        var changed = await RunAsync($"{parts[0]}.{parts[1][..^2]}AA.{parts[2]}", "instances", "receipt", "-", "--root-key", key);
        var noise = await RunAsync("hello", "instances", "receipt", "-", "--root-key", key);
        var noKey = await RunAsync(receipt, "instances", "receipt", "-", "--root-key", Path.Combine(_directory, "nosuch"));
        var wrongKey = Path.Combine(_directory, "wrong.pem");
        await File.WriteAllTextAsync(wrongKey, "hello");

        Assert.Equal((ExitCodes.Refused, ExitCodes.Refused, ExitCodes.Refused, ExitCodes.Usage), (foreign.Code, changed.Code, noise.Code, noKey.Code));
        Assert.Contains("unknown key", foreign.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, (await RunAsync(receipt, "instances", "receipt", "-", "--root-key", wrongKey)).Code);
    }

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        await new ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(new() { Report = SampleReports.Of(Url) });
        return server;
    }

    private static Task<(int Code, string Output, string Error)> AskAsync(TestServer server, params string[] arguments) =>
        RunAsync("", [.. arguments, "--server", server.Http2.ToString(), "--token", server.AdminToken]);
}
