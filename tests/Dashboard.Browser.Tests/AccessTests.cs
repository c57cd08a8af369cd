using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>Who gets in, and where the token goes.</summary>
public sealed class AccessTests(DashboardFixture fixture)
{
    [Fact]
    public async Task A_link_signs_in_once_and_the_token_is_in_no_address()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);

        await visitor.SignInAsync(fixture.Address, fixture.Token);

        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Overview");
        Assert.Equal(fixture.Address + "/", visitor.Page.Url);
        Assert.NotEmpty(visitor.Requests);
        Assert.DoesNotContain(visitor.Requests, url => url.Contains("tlm_", StringComparison.Ordinal) && !url.Contains('#', StringComparison.Ordinal));
        Assert.Null(await visitor.Page.EvaluateAsync<string?>("localStorage.getItem('telemetry.token')"));

        await visitor.Page.ReloadAsync();
        await visitor.SettleAsync();
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Overview");
    }

    [Fact]
    public async Task A_token_that_the_server_does_not_know_leads_to_the_sign_in_with_the_reason()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);

        await visitor.Page.GotoAsync($"{fixture.Address}/licenses#token=tlm_{new string('0', 64)}");

        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Sign in");
        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("does not take your token");

        await visitor.Page.GetByLabel("Token").FillAsync("tlm_wrong");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("does not know this token");

        await visitor.Page.GetByLabel("Token").FillAsync(fixture.Token);
        await visitor.Page.GetByLabel("Keep on this device").CheckAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.SettleAsync();
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Licenses");
        Assert.Equal(fixture.Token, await visitor.Page.EvaluateAsync<string?>("localStorage.getItem('telemetry.token')"));
    }

    [Fact]
    public async Task Signing_out_forgets_the_token()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(fixture.Address, fixture.Token, "/settings");

        await visitor.Page.Locator("main").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Sign out" }).ClickAsync();

        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Sign in");
        await visitor.Page.ReloadAsync();
        await Expect(visitor.Page.Locator("h1:not(.sr)")).ToHaveTextAsync("Sign in");
        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/settings$"));
    }
}
