using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>Many events and many tabs.</summary>
public sealed class EnduranceTests(DashboardFixture fixture) : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-dashboard").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Days_of_a_fleet_grow_neither_the_list_nor_the_memory()
    {
        const int Installations = 250, Day = 5_000;
        // The app's memory grows by steps until the garbage fits, and then stays: with 1 kB lost by each report it would go beyond.
        const long Most = 112 << 20, Growth = 2 << 20;
        using var server = await DashboardServer.StartUnlimitedAsync(_data);
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(server.Address, server.Token, "/live");
        await Expect(visitor.Page.GetByText("Following")).ToBeVisibleAsync();
        await using var tools = await Tools.OpenAsync(visitor.Page);
        var sent = 0;

        await SendAsync(Day);
        var (script, _) = await tools.MemoryAsync();
        await SendAsync(5 * Day);

        Assert.Equal(200, await visitor.Page.Locator(".feed [data-number]").CountAsync());
        var (scriptAfter, app) = await tools.MemoryAsync();
        Assert.True(scriptAfter - script < Growth, $"The script's memory grew from {script:N0} to {scriptAfter:N0} bytes.");
        Assert.True(app < Most, $"The app's memory grew to {app:N0} bytes.");

        async Task SendAsync(int count)
        {
            for (var until = sent + count; sent < until;)
            {
                await server.ReportAsync(Enumerable.Range(0, Installations).Select(i => SampleReports.Of($"https://cloud{i}.example.org")));
                sent += Installations;
                // A page that is behind is told so; here each piece is to go through the list.
                await Expect(visitor.Page.Locator($".feed [data-number='{sent}']")).ToBeVisibleAsync();
            }
        }
    }

    [Fact]
    public async Task Eight_tabs_of_one_browser_all_get_the_same_row()
    {
        using var server = await DashboardServer.StartAsync(_data);
        await using var first = await Visitor.ComeAsync(fixture.Browser);
        await first.SignInAsync(server.Address, server.Token, "/live");
        List<Visitor> tabs = [first];
        while (tabs.Count < 8)
        {
            tabs.Add(await first.AnotherTabAsync());
            await tabs[^1].SignInAsync(server.Address, server.Token, "/live");
        }

        var number = await server.ReportAsync("https://cloud.example.org");

        foreach (var tab in tabs)
        {
            await Expect(tab.Page.Locator($".feed [data-number='{number}']")).ToBeVisibleAsync();
        }
    }
}
