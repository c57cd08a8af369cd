using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>Every page in a real browser against the real server.</summary>
public sealed class PageTests(DashboardFixture fixture)
{
    private static readonly int[] Widths = [360, 1280, 2560];

    [Theory]
    [InlineData("en-US", "Overview", "installations")]
    [InlineData("de-AT", "Überblick", "Installationen")]
    public async Task Every_page_speaks_the_browsers_language_and_leaves_the_console_empty(string language, string title, string word)
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser, language: language);
        await visitor.OpenAsync(fixture.Address);
        await visitor.SignInAsync(fixture.Address, fixture.Token);
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync(title);
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", language[..2]);
        await Expect(visitor.Page.Locator(".answer")).ToContainTextAsync(word);

        foreach (var path in await Pages.AllAsync(fixture.Api))
        {
            await visitor.GoAsync(path);
            Assert.DoesNotContain("is-busy", await visitor.Page.Locator("main").InnerHTMLAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(visitor.Console);
        Assert.All(visitor.Requests, url => Assert.StartsWith(fixture.Address + "/", url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_page_is_accessible_and_fits_at_every_width_in_light_and_dark()
    {
        var visitor = await fixture.ReaderAsync();
        var page = visitor.Page;
        List<string> found = [];
        foreach (var path in await Pages.AllAsync(fixture.Api))
        {
            await visitor.GoAsync(path);
            foreach (var width in Widths)
            {
                await page.SetViewportSizeAsync(width, 900);
                var over = await page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)");
                if (over > 0)
                {
                    found.Add($"{path} at {width} px is {over} px too wide");
                }

                await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
                await LookAsync("light", null);
                // Only colors differ.
                await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
                await LookAsync("dark", RunOnlyOptions.Rules("color-contrast", "link-in-text-block"));

                async Task LookAsync(string colors, RunOnlyOptions? only)
                {
                    var seen = await page.RunAxe(new AxeRunOptions { RunOnly = only, ResultTypes = [ResultType.Violations], XPath = false, Iframes = false });
                    found.AddRange(seen.Violations.Select(violation =>
                        $"{path} at {width} px, {colors}: {violation.Id}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}"));
                }
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task The_way_in_and_a_page_that_is_none_are_accessible_too()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.OpenAsync(fixture.Address);
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Sign in");
        Assert.Empty((await visitor.Page.RunAxe()).Violations);

        await visitor.SignInAsync(fixture.Address, fixture.Token);
        await visitor.GoAsync("/nowhere");
        Assert.Empty((await visitor.Page.RunAxe()).Violations);
    }

    [Fact]
    public async Task Every_change_of_a_filter_is_an_entry_of_the_history_and_travels_to_the_next_page()
    {
        var visitor = await fixture.ReaderAsync();
        await visitor.GoAsync("/explore?by=environment.country&view=bars");
        var before = await visitor.Page.Locator(".answer").InnerTextAsync();

        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new Regex("Austria") }).First.ClickAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Regex("is=environment.country:AT"));
        await Expect(visitor.Page.Locator(".answer")).Not.ToHaveTextAsync(before);
        await Expect(visitor.Page.Locator("table.bars tbody tr")).ToHaveCountAsync(1);

        await visitor.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Support matrix" }).ClickAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/support-matrix\\?is=environment.country:AT"));
        await visitor.Page.GoBackAsync();
        await visitor.Page.GoBackAsync();
        await Expect(visitor.Page).Not.ToHaveURLAsync(new Regex("is="));
        await Expect(visitor.Page.Locator(".answer")).ToHaveTextAsync(before);
    }
}
