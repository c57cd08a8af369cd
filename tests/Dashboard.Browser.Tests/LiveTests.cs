using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>What comes in while a page is open, on a server of the test's own.</summary>
public sealed class LiveTests(DashboardFixture fixture) : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-dashboard").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task An_empty_server_says_how_to_send_the_first_report_and_greets_it()
    {
        using var server = await ServerProcess.StartAsync(_data);
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(AddressOf(server), server.AdminToken!);

        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Nothing reported yet");
        await Expect(visitor.Page.Locator("pre").First).ToContainTextAsync("/v1/reports");

        await DashboardFixture.ReportAsync(server.Grpc, "https://cloud.example.org");
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Overview", new LocatorAssertionsToHaveTextOptions { Timeout = Visitor.Patience });
    }

    [Fact]
    public async Task A_restarted_server_leaves_nothing_out_of_an_open_page_and_nothing_twice()
    {
        var server = await ServerProcess.StartAsync(_data);
        var (http, grpc, token) = (server.Http, server.Grpc, server.AdminToken!);
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        try
        {
            await visitor.SignInAsync(AddressOf(server), token, "/live");
            await DashboardFixture.ReportAsync(grpc, "https://a.example.org");
            await Expect(visitor.Page.Locator(".feed [data-number]")).ToHaveCountAsync(1, new LocatorAssertionsToHaveCountOptions { Timeout = Visitor.Patience });

            server.Kill();
            await Expect(visitor.Page.Locator(".top .live")).ToContainTextAsync("Stale since", new LocatorAssertionsToContainTextOptions { Timeout = Visitor.Patience });
            server.Dispose();
            server = await ServerProcess.StartAsync(new ServerStart { Arguments = ["--data", _data, "--http", http.Authority, "--grpc", grpc.Authority] });
            await DashboardFixture.ReportAsync(grpc, "https://b.example.org");
            await DashboardFixture.ReportAsync(grpc, "https://c.example.org");
            await DashboardFixture.ReportAsync(grpc, "https://d.example.org");

            await Expect(visitor.Page.Locator(".feed [data-number]")).ToHaveCountAsync(4, new LocatorAssertionsToHaveCountOptions { Timeout = Visitor.Patience });
            Assert.Equal(["4", "3", "2", "1"], await visitor.Page.Locator(".feed [data-number]").EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.number)"));
        }
        finally
        {
            server.Dispose();
        }
    }

    [Fact]
    public async Task A_paused_list_stands_still_and_counts_what_is_newer()
    {
        using var server = await ServerProcess.StartAsync(_data);
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(AddressOf(server), server.AdminToken!, "/live");
        await DashboardFixture.ReportAsync(server.Grpc, "https://a.example.org");
        await Expect(visitor.Page.Locator(".feed [data-number]")).ToHaveCountAsync(1, new LocatorAssertionsToHaveCountOptions { Timeout = Visitor.Patience });

        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause" }).ClickAsync();
        await DashboardFixture.ReportAsync(server.Grpc, "https://b.example.org");
        await Expect(visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Go on" })).ToContainTextAsync("1 newer", new LocatorAssertionsToContainTextOptions { Timeout = Visitor.Patience });
        await Expect(visitor.Page.Locator(".feed [data-number]")).ToHaveCountAsync(1);

        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Go on" }).ClickAsync();
        await Expect(visitor.Page.Locator(".feed [data-number]")).ToHaveCountAsync(2);
    }

    private static string AddressOf(ServerProcess server) => server.Http.GetLeftPart(UriPartial.Authority);
}
