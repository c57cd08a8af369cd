using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>What a person does who has no pointer.</summary>
public sealed class KeyTests(DashboardFixture fixture, Reader reader) : IClassFixture<Reader>, IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-dashboard").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_walk_with_keys_alone_signs_in_filters_drills_down_and_exports()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        var (page, keys) = (visitor.Page, visitor.Page.Keyboard);
        await visitor.OpenAsync(fixture.Address + "/explore?by=environment.php_version&view=bars");

        await TabToAsync(page, "#token");
        await keys.InsertTextAsync(fixture.Token);
        await keys.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Explore");
        await visitor.SettleAsync();

        await TabToAsync(page, ".chip.add button");
        await keys.PressAsync("Enter");
        await TabToAsync(page, ".pop .option", "Country");
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Combobox, new PageGetByRoleOptions { Name = "Find in Country" })).ToBeFocusedAsync();
        await keys.TypeAsync("austr");
        await Expect(page.Locator(".pop [role=option]", new PageLocatorOptions { HasText = "Austria" })).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(page).Not.ToHaveURLAsync(new Regex("is="));
        await Expect(page.Locator(".chip.add button")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await TabToAsync(page, ".pop .option", "Country");
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Combobox, new PageGetByRoleOptions { Name = "Find in Country" })).ToBeFocusedAsync();
        await keys.TypeAsync("Austria");
        await Expect(page.Locator(".pop [role=option]")).ToHaveCountAsync(1);
        await keys.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("is=environment.country:AT"));
        await visitor.SettleAsync();

        await TabToAsync(page, "[aria-label=Export]");
        await keys.PressAsync("Enter");
        await TabToAsync(page, ".pop .option", "Figures as CSV");
        var file = await page.RunAndWaitForDownloadAsync(() => keys.PressAsync("Enter"));
        Assert.EndsWith(".csv", file.SuggestedFilename, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync((await file.PathAsync())!);
        var answer = await fixture.Api.QueryAsync(new
        {
            population = new { activity = "ACTIVITY_ACTIVE", filters = new[] { new { field = "environment.country", values = new[] { "AT" } } } },
            groupBy = new[] { new { field = "environment.php_version", versionParts = 2 } },
            top = 6,
        });
        var exported = lines.Skip(1).Select(line => line.Split(',')).Select(cells => (cells[0].Trim('"'), double.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(answer["groups"].Items().Select(group => (group.Key(), group.Values()[^1]!.Value)).Order(), exported.Order());

        await keys.PressAsync("Escape");
        await page.EvaluateAsync("document.activeElement.blur()");
        await keys.PressAsync("g");
        await keys.PressAsync("i");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Installations");
        await Expect(page).ToHaveURLAsync(new Regex("is=environment.country:AT"));
        await visitor.SettleAsync();
        await TabToAsync(page, "table.data tbody a");
        await keys.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/installations/[0-9a-f]{32}"));
        await Expect(page.Locator("h1")).ToBeFocusedAsync();
        await Expect(page.Locator(".facts").First).ToContainTextAsync("Austria");
    }

    [Fact]
    public async Task A_question_mark_lists_the_keys_and_Escape_puts_them_away()
    {
        var page = (await reader.LookAsync()).Page;
        var list = page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = "Keys" });

        await page.Keyboard.PressAsync("?");
        await Expect(list).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(list).ToBeHiddenAsync();
    }

    [Fact]
    public async Task An_installation_is_found_by_its_URL_which_stands_in_no_address()
    {
        using var server = await DashboardServer.StartAsync(_data);
        await server.ReportAsync("https://cloud3.example.org", report => report.Environment.Country = "AT");
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(server.Address, server.Token);

        await visitor.Page.Keyboard.PressAsync("/");
        await Expect(visitor.Page.Locator("#search")).ToBeFocusedAsync();
        await visitor.Page.Keyboard.TypeAsync("https://cloud3.example.org");
        await visitor.Page.Keyboard.PressAsync("Enter");

        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/installations/[0-9a-f]{32}\\?app=roomvox"));
        await Expect(visitor.Page.Locator(".facts").First).ToContainTextAsync("Austria");
        Assert.DoesNotContain(visitor.Requests, url => url.Contains("cloud3", StringComparison.Ordinal));
    }

    /// <summary>Presses Tab until the focus is there, as somebody does who looks for it.</summary>
    private static async Task TabToAsync(IPage page, string selector, string text = "")
    {
        for (var presses = 0; presses < 150; presses++)
        {
            if (await page.EvaluateAsync<bool>("([selector, text]) => document.activeElement.matches(selector) && document.activeElement.textContent.trim().startsWith(text)", new[] { selector, text }))
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The Tab key does not lead to {selector} {text}.");
    }
}
