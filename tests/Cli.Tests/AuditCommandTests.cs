using Telemetry.Contracts.V1;
using static Telemetry.Cli.Tests.CliRunner;

namespace Telemetry.Cli.Tests;

/// <summary>The audit log from a privacy officer's side.</summary>
public sealed class AuditCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-audit-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Entries_are_listed_by_who_what_and_on_what()
    {
        await using var server = await StartAsync();
        await AskAsync(server, "instances", "show", "https://cloud.example.org");
        await AskAsync(server, "token", "revoke", "00000000000000ff", "--yes");

        var all = await AskAsync(server, "audit", "list");
        var about = await AskAsync(server, "audit", "list", "--about", "https://cloud.example.org", "--kind", "read", "--actor", "owner");
        var refused = await AskAsync(server, "audit", "list", "--refused", "--action", "token", "--since", "2026-01-01", "--json");
        var none = await AskAsync(server, "audit", "list", "--before", "2026-01-01");
        var last = await AskAsync(server, "audit", "list", "--limit", "1");

        Assert.Matches(@"1  2026-11-20 12:00:00  start +Access.MakeOwner +done +1 +0  token:[0-9a-f]{16}", all.Output);
        Assert.Equal(2, about.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Matches("owner +AdminService.GetInstance +done +1 +2  .*instance:[0-9a-f]{32}", about.Output);
        Assert.Equal("AccessService.RevokeToken", AuditEntry.Parser.ParseJson(refused.Output).Record.Action);
        Assert.Single(none.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, last.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("cloud.example.org", all.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_verified_against_the_end_that_was_seen_before()
    {
        await using var server = await StartAsync();
        var head = Path.Combine(_directory, "head");

        var first = await AskAsync(server, "audit", "verify", "--head", head);
        await AskAsync(server, "token", "create", "a", "--scope", "read");
        var second = await AskAsync(server, "audit", "verify", "--head", head);
        var json = await AskAsync(server, "audit", "verify", "--json");

        Assert.Equal((0, 0), (first.Code, second.Code));
        Assert.Contains("each continues the one before", first.Output, StringComparison.Ordinal);
        Assert.Contains("Nobody can tell by this alone", (await AskAsync(server, "audit", "verify")).Output, StringComparison.Ordinal);
        Assert.Contains("which was seen before, is in it", second.Output, StringComparison.Ordinal);
        Assert.True(AuditHead.Parser.ParseJson(json.Output).Number > 2);
        await File.WriteAllTextAsync(head, "2 " + new string('0', 64));
        var other = await AskAsync(server, "audit", "verify", "--head", head);
        Assert.Equal(ExitCodes.Refused, other.Code);
        Assert.Contains("entry 2 is another one than was seen before", other.Error, StringComparison.Ordinal);
        Assert.Contains("Keep this server's files", other.Error, StringComparison.Ordinal);
        Assert.StartsWith("2 0000", await File.ReadAllTextAsync(head), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_verified_without_a_server_and_what_was_changed_in_it_is_found()
    {
        await using var server = await StartAsync();
        await AskAsync(server, "token", "create", "a", "--scope", "read");
        await AskAsync(server, "token", "create", "b", "--scope", "read");
        var file = Path.Combine(_directory, "audit.jsonl");

        var export = await AskAsync(server, "audit", "export", "-o", file);
        var lines = await File.ReadAllLinesAsync(file);
        var whole = await RunAsync("", "audit", "verify", "--file", file);
        await File.WriteAllLinesAsync(file, lines.Select(line => line.Replace("\"CreateToken", "\"Nothing", StringComparison.Ordinal).Replace("AccessService.CreateToken", "AccessService.WhoAmI", StringComparison.Ordinal)));
        var changed = await RunAsync("", "audit", "verify", "--file", file);
        await File.WriteAllLinesAsync(file, lines.Where((_, index) => index != 1));
        var missing = await RunAsync("", "audit", "verify", "--file", file);
        await File.WriteAllTextAsync(file, "hello\n");
        var none = await RunAsync("", "audit", "verify", "--file", file);
        var gone = await RunAsync("", "audit", "verify", "--file", file + ".gone");

        Assert.Equal((0, 3, 0), (export.Code, lines.Length, whole.Code));
        Assert.Contains("3 entries, 1 to 3", whole.Output, StringComparison.Ordinal);
        Assert.Contains("entry 2 is shown as something else than was written", changed.Error, StringComparison.Ordinal);
        Assert.Contains("entries 2 to 2 are missing", missing.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Refused, ExitCodes.Refused, ExitCodes.Usage, ExitCodes.Usage), (changed.Code, missing.Code, none.Code, gone.Code));
        Assert.Contains("no entry of an audit log", none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("12 abc")]
    [InlineData("0 0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("")]
    public async Task A_file_that_holds_no_end_of_a_log_is_refused(string text)
    {
        await using var server = await StartAsync();
        var head = Path.Combine(_directory, "head");
        await File.WriteAllTextAsync(head, text);

        var refused = await AskAsync(server, "audit", "verify", "--head", head);

        Assert.Equal(ExitCodes.Usage, refused.Code);
        Assert.Contains("to begin anew, delete it", refused.Error, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(head));
    }

    [Fact]
    public async Task Without_the_scope_nothing_is_written()
    {
        await using var server = await StartAsync();
        var reader = (await AskAsync(server, "token", "create", "reader", "--scope", "read", "--quiet")).Output.Trim();
        var file = Path.Combine(_directory, "audit.jsonl");

        var refused = await RunAsync("", "audit", "export", "-o", file, "--server", server.Http2.ToString(), "--token", reader);

        Assert.Equal(ExitCodes.NotAuthorized, refused.Code);
        Assert.Contains("scope privacy", refused.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        await new ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(new() { Report = SampleReports.Of() });
        return server;
    }

    private static Task<(int Code, string Output, string Error)> AskAsync(TestServer server, params string[] arguments) =>
        RunAsync("", [.. arguments, "--server", server.Http2.ToString(), "--token", server.AdminToken]);
}
