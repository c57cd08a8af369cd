using Google.Protobuf.WellKnownTypes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>What a token that may little, or no longer anything, is shown.</summary>
public sealed class GrantTests(DashboardFixture fixture) : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-dashboard").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_token_whose_time_is_over_or_that_was_revoked_ends_an_open_page_with_the_reason()
    {
        using var server = await DashboardServer.StartAsync(_data);
        using var owner = new Api(server.Address, server.Token);
        await server.ReportAsync("https://cloud.example.org");
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        var page = visitor.Page;

        var made = await owner.AskAsync("/v1/tokens", new { name = "Wall", scopes = new[] { "SCOPE_READ", "SCOPE_LIVE" } });
        await visitor.SignInAsync(server.Address, made["secret"]!.GetValue<string>(), "/live");
        await Expect(page.GetByText("Following")).ToBeVisibleAsync();
        await owner.AskAsync($"/v1/tokens/{made["token"]!["tokenId"]}:revoke", new { });
        await IsSignedOutAsync("This token was revoked.");

        // Seconds enough to sign in, and the stream is open when they are over.
        var brief = await owner.AskAsync("/v1/tokens", new
        {
            name = "Guest",
            scopes = new[] { "SCOPE_READ", "SCOPE_LIVE" },
            expiresAt = TimeProvider.System.GetUtcNow().AddSeconds(15),
        });
        await page.GetByLabel("Token").FillAsync(brief["secret"]!.GetValue<string>());
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Following")).ToBeVisibleAsync();
        await IsSignedOutAsync("This token expired.");

        Assert.Null(await page.EvaluateAsync<string?>("sessionStorage.getItem('telemetry.token')"));
        Assert.DoesNotContain(visitor.Console, said => !said.Contains("401", StringComparison.Ordinal));

        async Task IsSignedOutAsync(string reason)
        {
            await Expect(page.Locator("h1")).ToHaveTextAsync("Sign in");
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(reason);
        }
    }

    [Fact]
    public async Task A_token_that_only_reads_is_offered_nothing_else_and_told_what_it_lacks()
    {
        using var server = await DashboardServer.StartAsync(_data);
        using var owner = new Api(server.Address, server.Token);
        await server.ReportAsync("https://cloud.example.org");
        var made = await owner.AskAsync("/v1/tokens", new { name = "Analyst", scopes = new[] { "SCOPE_READ" } });
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        var page = visitor.Page;

        await visitor.SignInAsync(server.Address, made["secret"]!.GetValue<string>());
        await Expect(page.Locator("h1")).ToHaveTextAsync("Overview");
        await Expect(page.Locator("#side")).ToContainTextAsync("Installations");
        foreach (var closed in new[] { "Live", "Licenses", "Access" })
        {
            await Expect(page.Locator("#side").GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = closed, Exact = true })).ToHaveCountAsync(0);
        }

        foreach (var (path, scope) in new[] { ("/licenses", "licenses"), ("/live", "live"), ("/access", "owner") })
        {
            await visitor.GoAsync(path);
            await Expect(page.Locator("main")).ToContainTextAsync($"scope {scope}");
            await Expect(page.Locator("main button.primary")).ToHaveCountAsync(0);
        }

        Assert.DoesNotContain(visitor.Console, said => !said.Contains("403", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_of_one_app_sees_that_app_alone()
    {
        using var server = await DashboardServer.StartAsync(_data);
        using var owner = new Api(server.Address, server.Token);
        await server.ReportAsync("https://a.example.org");
        await server.ReportAsync("https://b.example.org");
        await server.ReportAsync("https://a.example.org", report => (report.App, report.Usage) = ("formvox", Any.Pack(new Telemetry.Contracts.Apps.FormVox.V1.Usage(), "type.googleapis.com")));

        var made = await owner.AskAsync("/v1/tokens", new { name = "RoomVox team", scopes = new[] { "SCOPE_READ" }, apps = new[] { "roomvox" } });
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);

        await visitor.SignInAsync(server.Address, made["secret"]!.GetValue<string>(), "/installations");

        await Expect(visitor.Page.Locator("table.data tbody tr")).ToHaveCountAsync(2);
        await Expect(visitor.Page.Locator("main")).Not.ToContainTextAsync("FormVox");
    }
}
