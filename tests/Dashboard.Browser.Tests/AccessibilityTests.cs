using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>What axe finds on every page, however wide and in both colors.</summary>
public sealed class AccessibilityTests(DashboardFixture fixture, Reader reader) : IClassFixture<Reader>
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();
    private static readonly int[] Widths = [360, 1280, 2560];

    [Fact]
    public async Task Every_page_is_accessible_and_fits_at_every_width_in_light_and_dark()
    {
        var visitor = await reader.LookAsync();
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
                found.AddRange((await ViolationsAsync(page)).Select(violation => $"{path} at {width} px, light: {violation}"));
                // Only colors differ.
                await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
                found.AddRange((await ViolationsAsync(page, "color-contrast", "link-in-text-block")).Select(violation => $"{path} at {width} px, dark: {violation}"));
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
        Assert.Empty(await ViolationsAsync(visitor.Page));

        await visitor.SignInAsync(fixture.Address, fixture.Token);
        await visitor.GoAsync("/nowhere");
        Assert.Empty(await ViolationsAsync(visitor.Page));
    }

    /// <summary>What axe finds with all its rules, or with these.</summary>
    private static async Task<string[]> ViolationsAsync(IPage page, params string[] rules)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in globalThis"))
        {
            await page.EvaluateAsync(Axe);
        }

        return await page.EvaluateAsync<string[]>(
            """
            async rules => {
              const seen = await axe.run({ resultTypes: ["violations"], iframes: false, ...(rules.length ? { runOnly: rules } : {}) });
              if (seen.passes.length === 0) throw new Error("axe looked at nothing");
              return seen.violations.map(found => `${found.id}: ${found.nodes.slice(0, 3).map(node => node.html).join(" | ")}`);
            }
            """,
            rules);
    }
}
