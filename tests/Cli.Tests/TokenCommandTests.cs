using System.Text.Json;
using Telemetry.Contracts.V1;
using static Telemetry.Cli.Tests.CliRunner;

namespace Telemetry.Cli.Tests;

/// <summary>Tokens from an owner's side.</summary>
public sealed class TokenCommandTests
{
    [Fact]
    public async Task A_token_is_made_listed_rotated_and_revoked()
    {
        await using var server = await TestServer.StartAsync();

        var created = await AskAsync(server, "token", "create", "Grafana", "--scope", "read", "--scope", "live", "--app", "roomvox", "--expires", "2027-01-31");
        var secret = ValueOf(created.Output, "Token: ");
        var id = ValueOf(created.Output, "Token id: ");
        var listed = await AskAsync(server, "token", "list");
        var rotated = await AskAsync(server, "token", "rotate", id, "--overlap-hours", "0", "--quiet");
        var unsure = await AskAsync(server, "token", "revoke", id);
        var before = await AskAsAsync(server, secret, "instances");
        var after = await AskAsAsync(server, rotated.Output.Trim(), "instances");
        var revoked = await AskAsync(server, "token", "revoke", id, "--yes");
        var end = await AskAsAsync(server, rotated.Output.Trim(), "instances");

        Assert.Equal((0, "2027-01-31"), (created.Code, ValueOf(created.Output, "Ends: ")));
        Assert.Contains("shown this once", created.Output, StringComparison.Ordinal);
        Assert.Matches($@"{id} Grafana +active +live,read +roomvox +2027-01-31 +never", listed.Output);
        Assert.DoesNotContain(secret, listed.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.NotAuthorized, 0), (before.Code, after.Code));
        Assert.Contains("Use its new secret", before.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Usage, 0, ExitCodes.NotAuthorized), (unsure.Code, revoked.Code, end.Code));
        Assert.Contains("was revoked", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_without_the_scope_is_told_which_one_it_needs()
    {
        await using var server = await TestServer.StartAsync();
        var created = await AskAsync(server, "token", "create", "reader", "--scope", "read", "--quiet");

        var refused = await AskAsAsync(server, created.Output.Trim(), "token", "list");
        var feed = await AskAsAsync(server, created.Output.Trim(), "tail");

        Assert.Equal((ExitCodes.NotAuthorized, ExitCodes.NotAuthorized), (refused.Code, feed.Code));
        Assert.Contains("scope owner", refused.Error, StringComparison.Ordinal);
        Assert.Contains("scope live", feed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--scope is one of: live, read, licenses, privacy, owner.", "token", "create", "x", "--scope", "all")]
    [InlineData("--expires is a day", "token", "create", "x", "--scope", "read", "--expires", "soon")]
    public async Task What_makes_no_sense_is_refused_before_anything_is_asked(string words, params string[] arguments)
    {
        await using var server = await TestServer.StartAsync();

        var refused = await AskAsync(server, arguments);

        Assert.Equal(ExitCodes.Usage, refused.Code);
        Assert.Contains(words, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_whole_answer()
    {
        await using var server = await TestServer.StartAsync();

        var created = await AskAsync(server, "token", "create", "json", "--scope", "licenses", "--json");
        var listed = await AskAsync(server, "token", "list", "--json");

        Assert.StartsWith("tlm_", JsonElement.Parse(created.Output).GetProperty("secret").GetString(), StringComparison.Ordinal);
        Assert.Contains(listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonElement.Parse(line).GetProperty("name").GetString() == "json");
        Assert.Equal(2, (await server.Access.ListTokensAsync(new ListTokensRequest(), server.Authorized)).Tokens.Count);
    }

    private static Task<(int Code, string Output, string Error)> AskAsync(TestServer server, params string[] arguments) =>
        AskAsAsync(server, server.AdminToken, arguments);

    private static Task<(int Code, string Output, string Error)> AskAsAsync(TestServer server, string token, params string[] arguments) =>
        RunAsync("", [.. arguments, "--server", server.Http2.ToString(), "--token", token]);

    private static string ValueOf(string output, string name) =>
        output.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
}
