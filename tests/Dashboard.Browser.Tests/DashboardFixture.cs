using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Playwright;
using Wire = Telemetry.Contracts.V1;

[assembly: AssemblyFixture(typeof(Telemetry.Dashboard.Browser.Tests.DashboardFixture))]

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>One browser, and one server with a small fleet that all tests look at and none changes.</summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    public const int Installations = 12;

    /// <summary>The browser that is used; it must be installed, nothing is downloaded.</summary>
    private static readonly string BrowserPath = Environment.GetEnvironmentVariable("TELEMETRY_TEST_BROWSER") ?? "/usr/bin/chromium";

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-dashboard").FullName;
    private IPlaywright _playwright = null!;
    private ServerProcess _server = null!;

    internal IBrowser Browser { get; private set; } = null!;

    internal string Address => _server.Http.GetLeftPart(UriPartial.Authority);

    internal string Token { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(_data);
        Token = _server.AdminToken!;
        for (var i = 0; i < Installations; i++)
        {
            await ReportAsync(_server.Grpc, $"https://cloud{i}.example.org", report =>
            {
                report.Environment.Country = i % 3 == 0 ? "AT" : "DE";
                report.Environment.PhpVersion = i % 4 == 0 ? "8.1.33" : "8.3.11";
            });
        }

        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = BrowserPath,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
        _server.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Sends one report, as an app does.</summary>
    internal static async Task ReportAsync(Uri grpc, string url, Action<Wire.Report>? change = null)
    {
        using var channel = GrpcChannel.ForAddress(grpc);
        var request = SampleReports.Request(url);
        change?.Invoke(request.Report);
        await new Wire.ReportingService.ReportingServiceClient(channel).SubmitReportAsync(request);
    }

    internal static async Task<Wire.QueryResponse> QueryAsync(Uri grpc, string token, Wire.QueryRequest query)
    {
        using var channel = GrpcChannel.ForAddress(grpc);
        return await new Wire.InsightsService.InsightsServiceClient(channel).QueryAsync(query, new Metadata { { "authorization", "Bearer " + token } });
    }

    internal Task<Wire.QueryResponse> QueryAsync(Wire.QueryRequest query) => QueryAsync(_server.Grpc, Token, query);
}
