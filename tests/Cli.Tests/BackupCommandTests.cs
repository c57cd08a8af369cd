using Telemetry.DataFiles;
using static Telemetry.Cli.Tests.CliRunner;

namespace Telemetry.Cli.Tests;

/// <summary><c>telemetry backup</c> against a server, and without one.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("telemetry-cli-backup-").FullName;

    private string Backups => Path.Combine(_root, "backups");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_backup_is_made_listed_verified_and_restored()
    {
        var data = Path.Combine(_root, "data");
        await using (var server = await TestServer.StartAsync(data, settings: [$"Backup:Directory={Backups}", "Backup:EveryHours=0"]))
        {
            await new Contracts.V1.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(SampleReports.Request("https://one.example"));

            var made = await AskAsync(server, "backup", "create");
            var listed = await AskAsync(server, "backup", "list");
            var verified = await AskAsync(server, "backup", "verify");
            var json = await AskAsync(server, "backup", "list", "--json");

            Assert.Equal((ExitCodes.Ok, ExitCodes.Ok, ExitCodes.Ok), (made.Code, listed.Code, verified.Code));
            Assert.Matches(@"^Made 000001-\d{8}T\d{6}Z: 1 reports have been stored, \d+\.\d [kM]B, of which \d+\.\d [kM]B are new\.", made.Output);
            Assert.Contains("000001-", listed.Output, StringComparison.Ordinal);
            Assert.Contains("14 are kept; they are made when asked for.", listed.Output, StringComparison.Ordinal);
            Assert.Contains("is whole: every byte", verified.Output, StringComparison.Ordinal);
            Assert.StartsWith("{\"name\":\"000001-", json.Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        Assert.Contains("000001-", (await RunAsync("", "backup", "list", "--directory", Backups)).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, (await RunAsync("", "backup", "verify", "--directory", Backups)).Code);
        var refused = await RunAsync("", "backup", "restore", "--directory", Backups, "--data", data);
        Assert.Equal(ExitCodes.Refused, refused.Code);
        Assert.Contains("add --replace", refused.Error, StringComparison.Ordinal);
        var restored = await RunAsync("", "backup", "restore", "--directory", Backups, "--data", Path.Combine(_root, "new"));
        Assert.Equal(ExitCodes.Ok, restored.Code);
        Assert.Contains("put 'secret.key' and 'signing/' back", restored.Output, StringComparison.Ordinal);
        var replaced = await RunAsync("", "backup", "restore", "--directory", Backups, "--data", data, "--replace");
        Assert.Contains("replaced-", replaced.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret.key", replaced.Output, StringComparison.Ordinal);
        await using var again = await TestServer.StartAsync(data);
        Assert.Equal(1, again.Store.Current.Number);
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_damaged_is_told()
    {
        var missing = await RunAsync("", "backup", "verify", "--directory", Backups);
        Assert.Equal(ExitCodes.Usage, missing.Code);
        Assert.Contains("holds no whole backup", missing.Error, StringComparison.Ordinal);
        await using (var server = await TestServer.StartAsync(settings: [$"Backup:Directory={Backups}", "Backup:EveryHours=0"]))
        {
            await AskAsync(server, "backup", "create");
        }

        var path = new BackupSet(Backups).List().Backups[0].Path;
        Assert.Equal(ExitCodes.Usage, (await RunAsync("", "backup", "verify", "000009-20261127T000000Z", "--directory", Backups)).Code);
        await File.AppendAllTextAsync(Path.Combine(path, "telemetry.db"), "x");
        var damaged = await RunAsync("", "backup", "verify", "--directory", Backups);
        Assert.Equal(ExitCodes.Refused, damaged.Code);
        Assert.Contains("telemetry.db' is not what was written", damaged.Error, StringComparison.Ordinal);
        var refused = await RunAsync("", "backup", "restore", "--directory", Backups, "--data", Path.Combine(_root, "new"));
        Assert.Equal(ExitCodes.Refused, refused.Code);
        Assert.Contains("Restore another backup", refused.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(path, "backup.json"));
        var listed = await RunAsync("", "backup", "list", "--directory", Backups);
        Assert.Equal(ExitCodes.Refused, listed.Code);
        Assert.Contains("no whole backup", listed.Error, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Error)> AskAsync(TestServer server, params string[] args) =>
        RunAsync("", [.. args, "--server", server.Http2.ToString(), "--token", server.AdminToken]);
}
