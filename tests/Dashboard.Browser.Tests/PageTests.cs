using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Wire = Telemetry.Contracts.V1;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>Every page in a real browser against the real server.</summary>
public sealed class PageTests(DashboardFixture fixture)
{
    private static readonly string[] Paths =
    [
        "/", "/live", "/explore?by=environment.php_version", "/explore?by=environment.php_version&view=bars", "/releases?app=roomvox",
        "/support-matrix?app=roomvox&oldest=8.2", "/installations", "/licenses", "/data-quality", "/settings?app=roomvox", "/nowhere",
    ];

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 2560)]
    public async Task Every_page_is_accessible_fits_and_leaves_the_console_empty(ColorScheme colors, int width)
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser, colors);
        await visitor.Page.SetViewportSizeAsync(width, 900);
        await visitor.SignInAsync(fixture.Address, fixture.Token);
        foreach (var path in Paths.Where(path => path != "/nowhere"))
        {
            await visitor.OpenAsync(fixture.Address + path);

            var violations = (await visitor.Page.RunAxe()).Violations;
            Assert.True(violations.Length == 0, $"{path}: {string.Join('\n', violations.Select(violation => $"{violation.Id}: {violation.Nodes[0].Html}"))}");
            Assert.Equal(0, await visitor.Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
            Assert.DoesNotContain("is-busy", await visitor.Page.Locator("main").InnerHTMLAsync(), StringComparison.Ordinal);
        }

        // What the checking script itself tries and the policy forbids is no message of the page.
        Assert.DoesNotContain(visitor.Console, message => !message.Contains("inline style", StringComparison.Ordinal) && !message.Contains("preload assets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Figures_on_the_page_are_those_of_the_answer()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(fixture.Address, fixture.Token, "/explore?by=environment.php_version&view=bars");
        var answer = await fixture.QueryAsync(new Wire.QueryRequest
        {
            Population = new Wire.Population { Activity = Wire.Activity.Active },
            GroupBy = { new Wire.Dimension { Field = "environment.php_version", VersionParts = 2 } },
        });

        foreach (var group in answer.Groups)
        {
            var row = visitor.Page.Locator("table.bars tr", new PageLocatorOptions { HasText = group.Keys[0].Value });
            await Expect(row).ToContainTextAsync(group.Figures[0].Values[0].ToString("F0", null as IFormatProvider));
        }

        await Expect(visitor.Page.Locator(".answer")).ToContainTextAsync($"{answer.Groups[0].Figures[0].Values[0]:F0} installations");
    }

    [Fact]
    public async Task Every_change_of_a_filter_is_an_entry_of_the_history_and_travels_to_the_next_page()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(fixture.Address, fixture.Token, "/explore?by=environment.country&view=bars");

        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new Regex("Austria") }).First.ClickAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Regex("is=environment.country:AT"));
        await Expect(visitor.Page.Locator(".answer")).ToContainTextAsync("4 installations");

        await visitor.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Support matrix" }).ClickAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/support-matrix\\?is=environment.country:AT"));
        await visitor.Page.GoBackAsync();
        await visitor.Page.GoBackAsync();
        await Expect(visitor.Page).Not.ToHaveURLAsync(new Regex("is="));
        await Expect(visitor.Page.Locator(".answer")).ToContainTextAsync("8 installations");
    }

    [Fact]
    public async Task An_installation_is_found_by_its_URL_with_keys_alone()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(fixture.Address, fixture.Token);

        await visitor.Page.Keyboard.PressAsync("/");
        await visitor.Page.Keyboard.TypeAsync("https://cloud3.example.org");
        await visitor.Page.Keyboard.PressAsync("Enter");

        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/installations/[0-9a-f]{32}\\?app=roomvox"));
        await Expect(visitor.Page.Locator(".facts").First).ToContainTextAsync("Austria");
        Assert.DoesNotContain(visitor.Requests, url => url.Contains("cloud3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_walk_with_keys_alone_filters_drills_down_and_opens_the_list_of_keys()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(fixture.Address, fixture.Token);
        var keyboard = visitor.Page.Keyboard;

        await keyboard.PressAsync("g");
        await keyboard.PressAsync("i");
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Installations");
        await visitor.Page.Locator("table.data tbody a").First.FocusAsync();
        await keyboard.PressAsync("Enter");
        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/installations/[0-9a-f]{32}"));
        await Expect(visitor.Page.Locator("h1")).ToBeFocusedAsync();

        await keyboard.PressAsync("?");
        await Expect(visitor.Page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = "Keys" })).ToBeVisibleAsync();
        await keyboard.PressAsync("Escape");
        await Expect(visitor.Page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = "Keys" })).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_browser_that_speaks_German_gets_German()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser, language: "de-AT");
        await visitor.SignInAsync(fixture.Address, fixture.Token);

        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Überblick");
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await Expect(visitor.Page.Locator(".answer")).ToContainTextAsync("Installationen");
    }
}
