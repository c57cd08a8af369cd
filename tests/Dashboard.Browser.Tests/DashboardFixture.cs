using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Telemetry.Dashboard.Browser.Tests.DashboardFixture))]

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>One browser, and one server with the demo's fleet that stands still: all tests look at it and none changes it.</summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    /// <summary>Not the fleet's: what the server refused since it started is one of the figures.</summary>
    public const int Refused = 3;

    /// <summary>The browser that is used; it must be installed, nothing is downloaded.</summary>
    private static readonly string BrowserPath = Environment.GetEnvironmentVariable("TELEMETRY_TEST_BROWSER") ?? "/usr/bin/chromium";

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-dashboard").FullName;
    private IPlaywright _playwright = null!;
    private DashboardServer _server = null!;

    internal IBrowser Browser { get; private set; } = null!;

    internal string Address => _server.Address;

    internal string Token { get; private set; } = "";

    internal Api Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // The first start writes the past and then goes on; the second one only shows what there is.
        using (var demo = await DashboardServer.StartAsync(_data, "--demo"))
        {
            Token = demo.Token;
            Assert.Equal(0, await demo.StopAsync());
        }

        _server = await DashboardServer.StartAsync(_data);
        for (var i = 0; i < Refused; i++)
        {
            await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => _server.ReportAsync("https://refused.example.org", report => report.InstanceHash = "no hash"));
        }

        Api = new Api(_server.Address, Token);
        Microsoft.Playwright.Assertions.SetDefaultExpectTimeout(Visitor.Patience);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = BrowserPath,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--no-first-run", "--enable-precise-memory-info",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
        Api?.Dispose();
        _server?.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
