namespace Telemetry.Cli.Tests.Installation;

public sealed class CollectedCommandTests
{
    [Fact]
    public async Task What_was_collected_is_shown_deleted_and_its_receipt_verified()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server);
        await app.RunAsync("send");
        var file = Path.Combine(app.Folder, "collected.jsonl");

        var (code, output, _) = await app.RunAsync("collected", "show");
        var (written, nothing, _) = await app.RunAsync("collected", "show", "-o", file);
        var (unsure, _, words) = await app.RunAsync("collected", "delete");
        var (deleted, json) = await app.RunJsonAsync("collected", "delete", "--yes");

        Assert.Equal((0, 0, 2, 0), (code, written, unsure, deleted));
        Assert.Equal(2, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(("", output), (nothing, await File.ReadAllTextAsync(file)));
        Assert.Contains("add --yes", words, StringComparison.Ordinal);
        Assert.Equal("deleted", json.GetProperty("result").GetString());
        Assert.Equal(1, json.GetProperty("receipts")[0].GetProperty("reports").GetInt64());
        Assert.Empty(server.Store.ReadInstances());

        var (receipt, rootKey) = (Path.Combine(app.Folder, "receipt.txt"), Path.Combine(app.Folder, "root.pem"));
        await File.WriteAllTextAsync(receipt, json.GetProperty("receipts")[0].GetProperty("receipt").GetString());
        await File.WriteAllTextAsync(rootKey, (await server.Licenses.GetSigningKeysAsync(new())).Root.PublicKeyPem);
        var (verified, said, _) = await CliRunner.RunAsync("", "instances", "receipt", receipt, "--root-key", rootKey);
        Assert.Equal(0, verified);
        Assert.Contains(SampleReports.HashOf("https://cloud.example.org"), said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_has_an_exit_code_and_words()
    {
        var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        using var app = await InstalledApp.StartedAsync(server);

        var (none, _, nothing) = await app.RunAsync("collected", "delete", "--yes");
        await app.RunAsync("send");
        await new Telemetry.Contracts.V1.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(SampleReports.Request());
        var (refused, _, words) = await app.RunAsync("collected", "show");
        var (_, json) = await app.RunJsonAsync("collected", "show");
        await server.DisposeAsync();
        var (gone, _, unreachable) = await app.RunAsync("collected", "delete", "--yes");

        Assert.Equal((1, 4, 3), (none, refused, gone));
        Assert.Contains("ask the vendor", nothing, StringComparison.Ordinal);
        Assert.Contains("Ask the vendor", words, StringComparison.Ordinal);
        Assert.Equal("not-the-owner", json.GetProperty("result").GetString());
        Assert.Contains("Nothing listens at", unreachable, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_works_while_reports_are_off()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server);
        await app.RunAsync("send");
        await app.RunAsync("off");

        var (code, output, _) = await app.RunAsync("collected", "delete", "--yes");

        Assert.Equal(0, code);
        Assert.Matches("^Deleted: 1 report, .*\nReceipt: ey", output);
        Assert.Equal("off", await app.ModeAsync());
    }
}
