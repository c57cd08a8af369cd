using System.Text.Json;
using Grpc.Core;
using Telemetry.Contracts.V1;
using static Telemetry.Cli.Tests.CliRunner;

namespace Telemetry.Cli.Tests;

/// <summary><c>telemetry licenses</c> as a vendor runs it, against a running server.</summary>
public sealed class LicensesCommandTests : IAsyncLifetime
{
    private const string Url = "https://cloud.example.org";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_license_is_issued_listed_shown_suspended_resumed_changed_and_revoked()
    {
        var (id, _) = await IssueAsync(
            "--edition", "enterprise", "--limit", "rooms=50", "--limit", "users=100", "--instances", "3",
            "--overage", "allow", "--expires", "2027-12-31", "--grace", "14");

        var list = await SucceedAsync("list", "--customer", "C-1", "--app", "roomvox", "--state", "active");
        Assert.StartsWith("LICENSE ", list, StringComparison.Ordinal);
        Assert.Matches($@"\n{id}  \S+ +C-1 +enterprise +roomvox +active +2027-12-31  0/3\n$", list);

        var shown = await SucceedAsync("show", id);
        Assert.Contains("Limits:     rooms=50 users=100\n", shown, StringComparison.Ordinal);
        Assert.Contains("Instances:  0 of 3, one more is let in\n", shown, StringComparison.Ordinal);
        Assert.Contains("Expires:    2027-12-31\n", shown, StringComparison.Ordinal);
        Assert.Contains("Grace:      14 days\n", shown, StringComparison.Ordinal);
        Assert.Contains("No installation uses it.\n", shown, StringComparison.Ordinal);

        Assert.Contains("does not count until", await SucceedAsync("suspend", id), StringComparison.Ordinal);
        Assert.Equal("LICENSE_STATE_SUSPENDED", (await ShowAsync(id)).GetProperty("state").GetString());

        Assert.Contains("counts again", await SucceedAsync("resume", id), StringComparison.Ordinal);
        Assert.Equal("LICENSE_STATE_ACTIVE", (await ShowAsync(id)).GetProperty("state").GetString());

        var changed = await SucceedAsync("change", id, "--app", "roomvox", "--app", "formvox", "--never-expires", "--no-limits");
        Assert.Contains("Apps:       roomvox, formvox\n", changed, StringComparison.Ordinal);
        Assert.Contains("Expires:    never\n", changed, StringComparison.Ordinal);
        Assert.Contains("Limits:     none\n", changed, StringComparison.Ordinal);
        Assert.Contains("Instances:  0 of 3, one more is let in\n", changed, StringComparison.Ordinal);

        Assert.Contains("never counts again", await SucceedAsync("revoke", id, "--yes"), StringComparison.Ordinal);
        Assert.Equal("LICENSE_STATE_REVOKED", (await ShowAsync(id)).GetProperty("state").GetString());
        var (code, _, error) = await LicensesAsync("", "resume", id);
        Assert.Equal(1, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task The_key_is_shown_once_and_masked_ever_after()
    {
        var (id, key) = await IssueAsync("--prefix", "RVOX");

        Assert.StartsWith("RVOX-", key, StringComparison.Ordinal);
        foreach (var args in (string[][])[["list"], ["list", "--json"], ["show", id], ["show", id, "--json"]])
        {
            var output = await SucceedAsync(args);
            Assert.DoesNotContain(key, output, StringComparison.OrdinalIgnoreCase);
            Assert.Contains($"RVOX-...-{key[^4..]}", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Quietly_issuing_prints_the_key_alone()
    {
        var key = await SucceedAsync("issue", "--customer", "C-1", "--app", "roomvox", "--quiet");

        Assert.Matches(@"^\S+\n$", key);
        var (_, shown, _) = await LicensesAsync(key, "show", "-");
        Assert.Contains("Customer:   C-1\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_license_is_found_by_the_key_that_a_customer_sends()
    {
        var (id, key) = await IssueAsync();

        var (code, shown, _) = await LicensesAsync($"  {key}\n", "show", "-");

        Assert.Equal(0, code);
        Assert.StartsWith($"License:    {id}\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_was_sold_before_is_read_from_standard_input_and_not_shown()
    {
        const string sold = "OLDSHOP-2024-AAAA-BBBB-7K2M";

        var (code, output, _) = await LicensesAsync(
            sold + "\n", "issue", "--customer", "C-1", "--app", "roomvox", "--existing-key-file", "-");

        Assert.Equal(0, code);
        Assert.DoesNotContain(sold, output, StringComparison.Ordinal);
        Assert.Contains("is honored from now on", output, StringComparison.Ordinal);
        var (_, shown, _) = await LicensesAsync(sold, "show", "-");
        Assert.Contains("Customer:   C-1\n", shown, StringComparison.Ordinal);
        var (again, _, error) = await LicensesAsync(
            sold, "issue", "--customer", "C-2", "--app", "roomvox", "--existing-key-file", "-");
        Assert.Equal(1, again);
        Assert.DoesNotContain(sold, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_can_be_had_as_JSON()
    {
        var issued = Json(await SucceedAsync("issue", "--customer", "C-1", "--app", "roomvox", "--json"));
        var id = issued.GetProperty("license").GetProperty("licenseId").GetString()!;
        await CheckAsync(issued.GetProperty("licenseKey").GetString()!);
        await IssueAsync();

        var list = (await SucceedAsync("list", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, list.Length);
        Assert.Equal(id, Json(list[0]).GetProperty("licenseId").GetString());
        Assert.Single((await SucceedAsync("list", "--json", "--limit", "1")).Split('\n', StringSplitOptions.RemoveEmptyEntries));

        var instance = Json(await SucceedAsync("usage", id, "--json")).GetProperty("instanceId").GetString()!;
        var shown = Json(await SucceedAsync("show", id, "--json"));
        Assert.Equal(instance, Assert.Single(shown.GetProperty("instances").EnumerateArray()).GetProperty("instanceId").GetString());
        Assert.True(Json(await SucceedAsync("release", id, instance, "--json")).GetProperty("released").GetBoolean());
        foreach (var verb in (string[])["suspend", "resume"])
        {
            Assert.Equal(id, Json(await SucceedAsync(verb, id, "--json")).GetProperty("licenseId").GetString());
        }

        Assert.NotEmpty(Json(await SucceedAsync("rotate-key", "--json")).GetProperty("keyId").GetString()!);
    }

    [Fact]
    public async Task An_installation_is_released_by_id_hash_or_URL()
    {
        var (id, key) = await IssueAsync();
        foreach (var name in (Func<string, string>[])[pseudonym => pseudonym, _ => SampleReports.HashOf(Url), _ => "https://CLOUD.example.org/"])
        {
            await CheckAsync(key);
            var pseudonym = Json(await SucceedAsync("usage", id, "--json")).GetProperty("instanceId").GetString()!;
            Assert.Matches($"\n{pseudonym}  2026-11-20  2026-11-20  ", await SucceedAsync("usage", id));

            Assert.Equal("The seat is free.\n", await SucceedAsync("release", id, name(pseudonym)));

            Assert.Empty(await SucceedAsync("usage", id, "--json"));
            Assert.Contains("has no seat", await SucceedAsync("release", id, name(pseudonym)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Refused_claims_are_counted_and_listed_by_verdict()
    {
        await IssueAsync();
        var report = SampleReports.Of(Url);
        report.Subscription = new Subscription { ExtendedSupport = true, Key = "RVOX-AAAA-BBBB-CCCC-DDDD-EEEE" };
        await new ReportingService.ReportingServiceClient(_server.Native).SubmitReportAsync(new() { Report = report });
        await new ReportingService.ReportingServiceClient(_server.Native)
            .SubmitReportAsync(SampleReports.Request("https://community.example"));

        Assert.Matches(@"^APP +REASON +INSTALLATIONS\nroomvox +[a-z-]+ +1\n$", await SucceedAsync("refused"));
        var (code, listed, _) = await RunAsync("", [.. Connected("instances"), "--verdict", "refused"]);
        Assert.Equal(0, code);
        Assert.Matches(@"VERDICT\n[0-9a-f]{32}  roomvox .*  refused \([a-z-]+\)\n$", listed);
    }

    [Fact]
    public async Task Rotating_prints_the_new_key_id_and_the_root_key_needs_no_token()
    {
        Assert.Matches(@"^\S+\n$", await SucceedAsync("rotate-key"));

        var (code, pem, _) = await RunAsync("", "licenses", "root-key", "--server", Address);

        Assert.Equal(0, code);
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----\n", pem, StringComparison.Ordinal);
        Assert.EndsWith("\n-----END PUBLIC KEY-----\n", pem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_license_that_does_not_exist_is_told_in_the_servers_words()
    {
        const string unknown = "00000000deadbeef";
        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await new LicenseAdminService.LicenseAdminServiceClient(_server.Native)
                .GetLicenseAsync(new() { LicenseId = unknown }, _server.Authorized));
        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);

        var (code, output, error) = await LicensesAsync("", "show", unknown);

        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Equal(refusal.Status.Detail + "\n", error);
        foreach (var args in (string[][])[["suspend", unknown], ["usage", unknown, "--json"], ["change", unknown, "--never-expires"]])
        {
            Assert.Equal(1, (await LicensesAsync("", args)).Code);
        }
    }

    [Fact]
    public async Task A_wrong_token_is_told()
    {
        var (code, _, error) = await RunAsync("", "licenses", "list", "--server", Address, "--token", "wrong");

        Assert.Equal(4, code);
        Assert.Contains("not known here", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'--customer' is required", "issue", "--app", "roomvox")]
    [InlineData("'--app' is required", "issue", "--customer", "C-1")]
    [InlineData("--app is an app's name, e.g. roomvox", "issue", "--customer", "C-1", "--app", "room fox")]
    [InlineData("NAME=NUMBER", "issue", "--customer", "C-1", "--app", "roomvox", "--limit", "rooms")]
    [InlineData("NAME=NUMBER", "issue", "--customer", "C-1", "--app", "roomvox", "--limit", "rooms=-1")]
    [InlineData("'rooms' twice", "issue", "--customer", "C-1", "--app", "roomvox", "--limit", "rooms=1", "--limit", "rooms=2")]
    [InlineData("--instances is a whole number from 1", "issue", "--customer", "C-1", "--app", "roomvox", "--instances", "0")]
    [InlineData("--instances is a whole number", "issue", "--customer", "C-1", "--app", "roomvox", "--instances", "-1")]
    [InlineData("--limit is a whole number", "list", "--limit", "many")]
    [InlineData("--overage is one of: refuse, allow", "issue", "--customer", "C-1", "--app", "roomvox", "--overage", "maybe")]
    [InlineData("--expires is a day", "issue", "--customer", "C-1", "--app", "roomvox", "--expires", "soon")]
    [InlineData("--from is a day", "issue", "--customer", "C-1", "--app", "roomvox", "--from", "now")]
    [InlineData("--grace is a whole number from 0 to 365", "issue", "--customer", "C-1", "--app", "roomvox", "--grace", "366")]
    [InlineData("cannot be read", "issue", "--customer", "C-1", "--app", "roomvox", "--existing-key-file", "/nowhere/at/all")]
    [InlineData("holds no key", "issue", "--customer", "C-1", "--app", "roomvox", "--existing-key-file", "-")]
    [InlineData("exclude each other", "issue", "--customer", "C-1", "--app", "roomvox", "--quiet", "--json")]
    [InlineData("--state is one of: active, suspended, revoked", "list", "--state", "gone")]
    [InlineData("holds no key", "show", "-")]
    [InlineData("Nothing to change", "change", "0123456789abcdef")]
    [InlineData("exclude each other", "change", "0123456789abcdef", "--expires", "2027-12-31", "--never-expires")]
    [InlineData("exclude each other", "change", "0123456789abcdef", "--limit", "rooms=1", "--no-limits")]
    [InlineData("cannot be undone", "revoke", "0123456789abcdef")]
    [InlineData("Required argument 'instance' missing", "release", "0123456789abcdef")]
    public async Task A_mistake_is_told_in_words_before_anything_is_sent(string words, string verb, params string[] args)
    {
        var (code, output, error) = await RunAsync(
            "", ["licenses", verb, .. args, "--server", "http://127.0.0.1:1", "--token", "t"]);

        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Equal(2, code);
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_license_that_has_expired_at_its_issue_is_warned_about()
    {
        var (code, output, error) = await LicensesAsync(
            "", "issue", "--customer", "C-1", "--app", "roomvox", "--expires", "2001-02-03", "--grace", "7");

        Assert.Equal(0, code);
        Assert.StartsWith("License key: ", output, StringComparison.Ordinal);
        Assert.Contains("expired on 2001-02-03", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issuing_again_with_the_same_request_id_shows_the_same_key()
    {
        string[] issue = ["issue", "--customer", "C-1", "--app", "roomvox", "--request-id", Guid.NewGuid().ToString(), "--quiet"];

        Assert.Equal(await SucceedAsync(issue), await SucceedAsync(issue));
        Assert.NotEqual(await SucceedAsync(issue[..^3]), await SucceedAsync(issue[..^3]));
    }

    [Fact]
    public async Task When_the_answer_is_lost_the_request_id_is_told()
    {
        var (code, _, error) = await RunAsync(
            "", "licenses", "issue", "--customer", "C-1", "--app", "roomvox", "--server", "http://127.0.0.1:1", "--token", "t");

        Assert.NotEqual(0, code);
        Assert.Matches("repeat this command with --request-id [0-9a-f-]{36}", error);
    }

    [Fact]
    public async Task A_change_sends_only_what_was_given()
    {
        var (id, _) = await IssueAsync("--expires", "2027-12-31", "--grace", "14", "--limit", "rooms=50", "--instances", "3");
        var before = await ShowAsync(id);

        await SucceedAsync("change", id, "--grace", "0");
        var after = await ShowAsync(id);

        Assert.Equal("0s", after.GetProperty("grace").GetString());
        foreach (var name in (string[])["expiresAt", "limits", "instancesAllowed", "customerReference", "edition", "apps"])
        {
            Assert.Equal(before.GetProperty(name).ToString(), after.GetProperty(name).ToString());
        }
    }

    [Fact]
    public async Task An_existing_key_is_not_issued_quietly()
    {
        var (code, _, error) = await RunAsync(
            "a-key-that-was-sold", "licenses", "issue", "--customer", "C-1", "--app", "roomvox", "--existing-key-file",
            "-", "--quiet", "--server", "http://127.0.0.1:1", "--token", "t");

        Assert.Equal(2, code);
        Assert.DoesNotContain("a-key-that-was-sold", error, StringComparison.Ordinal);
    }

    private string Address => "http://" + _server.Native.Target;

    private static JsonElement Json(string line) => JsonDocument.Parse(line).RootElement;

    private string[] Connected(params string[] args) => [.. args, "--server", Address, "--token", _server.AdminToken];

    private Task<(int Code, string Output, string Error)> LicensesAsync(string input, params string[] args) =>
        RunAsync(input, ["licenses", .. Connected(args)]);

    private async Task<string> SucceedAsync(params string[] args)
    {
        var (code, output, error) = await LicensesAsync("", args);
        Assert.Equal("", error);
        Assert.Equal(0, code);
        return output;
    }

    private async Task<JsonElement> ShowAsync(string id) =>
        Json(await SucceedAsync("show", id, "--json")).GetProperty("license");

    /// <summary>Issues a license for RoomVox to customer C-1, and reads its id and key from what is printed.</summary>
    private async Task<(string Id, string Key)> IssueAsync(params string[] more)
    {
        var lines = (await SucceedAsync(["issue", "--customer", "C-1", "--app", "roomvox", .. more])).Split('\n');
        Assert.StartsWith("License key: ", lines[0], StringComparison.Ordinal);
        Assert.Matches("^License id: [0-9a-f]{16}$", lines[1]);
        Assert.Contains("not kept by the server", lines[2], StringComparison.Ordinal);
        return (lines[1]["License id: ".Length..], lines[0]["License key: ".Length..]);
    }

    private async Task CheckAsync(string key)
    {
        var response = await new LicenseService.LicenseServiceClient(_server.Native).CheckLicenseAsync(new()
        {
            LicenseKey = key,
            InstanceHash = SampleReports.HashOf(Url),
            App = SampleReports.App,
            WithoutToken = true,
        });
        Assert.Equal(LicenseVerdict.Valid, response.Decision.Verdict);
    }
}
