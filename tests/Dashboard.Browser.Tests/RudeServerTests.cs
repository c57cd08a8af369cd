using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>A proxy between, or another program at the address, may answer anything: pages say so and go on when it passes.</summary>
public sealed class RudeServerTests(DashboardFixture fixture)
{
    private const string Hollow = "an empty message, and all is well";

    private static readonly byte[] Noise = [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 167 % 251))];

    private static readonly (string Name, int Status, string Type, byte[] Body)[] Answers =
    [
        ("nothing", 200, "application/grpc-web", []),
        ("a page", 200, "text/html", "<html><h1>Log in to the hotel's network</h1></html>"u8.ToArray()),
        ("noise", 200, "application/grpc-web", Noise),
        ("a frame that ends early", 200, "application/grpc-web", [0, 0, 0, 1, 0, 10, 3]),
        ("a length beyond everything", 200, "application/grpc-web", [0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2]),
        ("a message that is none, and no status", 200, "application/grpc-web", [0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF]),
        (Hollow, 200, "application/grpc-web", [0, 0, 0, 0, 0, 0x80, 0, 0, 0, 15, .. "grpc-status: 0\r\n"u8[..15]]),
        ("a status that is none", 200, "application/grpc-web", [0x80, 0, 0, 0, 18, .. "grpc-status: many\n"u8]),
        ("trailers without lines", 200, "application/grpc-web", [0x80, 0, 0, 0, 3, 1, 2, 3]),
        ("a failing gateway", 502, "text/plain", "Bad gateway"u8.ToArray()),
        ("too many", 429, "application/json", "{}"u8.ToArray()),
        ("a teapot", 418, "text/plain", []),
    ];

    [Fact]
    public async Task Whatever_comes_instead_of_an_answer_no_page_fails_and_all_of_them_come_back()
    {
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        await visitor.SignInAsync(fixture.Address, fixture.Token);
        List<string> failed = [];
        foreach (var answer in Answers)
        {
            RouteFulfillOptions rude = new() { Status = answer.Status, ContentType = answer.Type, BodyBytes = answer.Body };
            await visitor.Page.RouteAsync("**/telemetry.v1.*/**", route => route.FulfillAsync(rude));
            foreach (var path in await Pages.AllAsync(fixture.Api))
            {
                await visitor.Page.EvaluateAsync("path => Blazor.navigateTo(path)", path);
                await visitor.Page.EvaluateAsync("() => new Promise(seen => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(seen))))");
                // Of an answer without the parts that the contract has always a page may say that it failed; the next one is drawn.
                if (answer.Name != Hollow && await visitor.Page.Locator("main h1").First.TextContentAsync() == "This page failed")
                {
                    failed.Add($"{answer.Name}: {path}");
                }
            }

            await visitor.Page.UnrouteAllAsync();
        }

        await visitor.OpenAsync(fixture.Address);
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("Overview");
        await Expect(visitor.Page.Locator(".answer")).ToContainTextAsync("installations");
        Assert.True(failed.Count == 0, string.Join('\n', failed.Concat(visitor.Console)));
        Assert.DoesNotContain(visitor.Console, said => said.Contains("Unhandled", StringComparison.Ordinal));
    }
}
