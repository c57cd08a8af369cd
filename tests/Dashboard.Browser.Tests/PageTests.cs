using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>Every page in a real browser against the real server.</summary>
public sealed class PageTests(DashboardFixture fixture, Reader reader) : IClassFixture<Reader>
{
    /// <summary>What addresses of any page can say.</summary>
    private static readonly string[] Names =
    [
        "app", "active", "days", "compare", "is", "not", "by", "and", "view", "figure", "activity", "top", "step", "order", "sort", "page",
        "state", "kind", "country", "from", "speed", "rows", "columns", "oldest", "oldest-row", "license", "token", "ends", "customer",
    ];

    private const string Nothing = "no:such@9,%25%00-1";

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
    public async Task What_an_address_says_that_nobody_knows_breaks_no_page()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(fixture.Address, fixture.Token);
        List<string> failed = [];
        foreach (var path in await Pages.AllAsync(fixture.Api))
        {
            var bare = path.Split('?')[0];
            foreach (var question in Names.Select(name => $"{bare}?{name}={Nothing}").Append($"{bare}?{string.Join('&', Names.Select(name => $"{name}={Nothing}"))}"))
            {
                await visitor.Page.EvaluateAsync("path => Blazor.navigateTo(path)", question);
                await visitor.SettleAsync();
                if (await visitor.Page.Locator("main h1").TextContentAsync() == "This page failed")
                {
                    failed.Add(question);
                }
            }
        }

        Assert.True(failed.Count == 0, string.Join('\n', failed.Concat(visitor.Console)));
        // Questions about what there is not are refused, which the browser notes; nothing else is said.
        Assert.DoesNotContain(visitor.Console, said => !said.Contains("status of 4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_change_of_a_filter_is_an_entry_of_the_history_and_travels_to_the_next_page()
    {
        var visitor = await reader.OpenAsync("/explore?by=environment.country&view=bars");
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

    [Fact]
    public async Task A_chart_is_saved_as_its_figures_and_as_two_kinds_of_picture()
    {
        var visitor = await reader.OpenAsync("/explore?by=environment.php_version");
        var panel = visitor.Page.Locator("section.panel", new PageLocatorOptions { Has = visitor.Page.Locator(".plot") }).First;

        var figures = Encoding.UTF8.GetString(await SaveAsync(0, ".csv"));
        var drawing = Encoding.UTF8.GetString(await SaveAsync(1, ".svg"));
        var picture = await SaveAsync(2, ".png");

        Assert.Contains("8.4", figures.Split('\n')[0], StringComparison.Ordinal);
        Assert.StartsWith("<svg", drawing, StringComparison.Ordinal);
        Assert.Contains("<path", drawing, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);

        async Task<byte[]> SaveAsync(int option, string extension)
        {
            await panel.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Export", Exact = true }).ClickAsync();
            var file = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Page.Locator(".pop:popover-open .option").Nth(option).ClickAsync());
            Assert.EndsWith(extension, file.SuggestedFilename, StringComparison.Ordinal);
            return await File.ReadAllBytesAsync((await file.PathAsync())!);
        }
    }
}
