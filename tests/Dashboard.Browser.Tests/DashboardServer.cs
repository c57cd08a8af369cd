using Grpc.Net.Client;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>A server of its own process, with the dashboard as it is published or, without that, as it was built.</summary>
/// <remarks>
/// Published, the app is what people get, trimmed and compressed, and starts several times faster.
/// TELEMETRY_TEST_SERVER names the directory that it was published to.
/// </remarks>
internal sealed class DashboardServer : IDisposable
{
    private readonly ServerProcess _process;
    private readonly GrpcChannel _channel;
    private readonly Wire.ReportingService.ReportingServiceClient _reporting;

    private DashboardServer(ServerProcess process)
    {
        _process = process;
        _channel = GrpcChannel.ForAddress(process.Grpc);
        _reporting = new(_channel);
    }

    public string Address => _process.Http.GetLeftPart(UriPartial.Authority);

    /// <summary>Shown at the first start of a data directory only.</summary>
    public string Token => _process.AdminToken!;

    public static async Task<DashboardServer> StartAsync(string data, params string[] arguments) =>
        new(await ServerProcess.StartAsync(Start(data, [.. ServerStart.FreePorts, .. arguments])));

    /// <summary>Takes every report at once, from however many installations.</summary>
    public static async Task<DashboardServer> StartUnlimitedAsync(string data) => new(await ServerProcess.StartAsync(
        Start(data, [.. ServerStart.FreePorts]) with
        {
            Environment = new Dictionary<string, string?>
            {
                ["TELEMETRY_Ingestion__MinimumInterval"] = "00:00:00",
                ["TELEMETRY_Limits__NewInstallationsPerHour"] = "0",
                ["TELEMETRY_Limits__RequestsPerMinute"] = "0",
            },
        }));

    /// <summary>Another server at the addresses of this one, which is dead.</summary>
    public async Task<DashboardServer> StartAgainAsync(string data) =>
        new(await ServerProcess.StartAsync(Start(data, ["--http", _process.Http.Authority, "--grpc", _process.Grpc.Authority])));

    /// <summary>Sends one report, as an app does.</summary>
    /// <returns>Its number, once it is stored.</returns>
    public async Task<ulong> ReportAsync(string url, Action<Wire.Report>? change = null)
    {
        var request = SampleReports.Request(url);
        change?.Invoke(request.Report);
        return (await _reporting.SubmitReportAsync(request)).Receipt.Number;
    }

    /// <summary>Sends many at once.</summary>
    public async Task ReportAsync(IEnumerable<Wire.Report> reports)
    {
        var answer = await _reporting.SubmitReportsAsync(new Wire.SubmitReportsRequest { Reports = { reports } });
        Assert.All(answer.Results, result => Assert.NotNull(result.Receipt));
    }

    public Task<int> StopAsync() => _process.StopAsync();

    /// <summary>SIGKILL: no goodbye to whoever follows.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _channel.Dispose();
        _process.Dispose();
    }

    private static ServerStart Start(string data, IReadOnlyList<string> arguments)
    {
        var start = new ServerStart { Arguments = ["--data", data, .. arguments], ReadyWithin = TimeSpan.FromMinutes(10) };
        return Environment.GetEnvironmentVariable("TELEMETRY_TEST_SERVER") is { Length: > 0 } published
            ? start with { Program = Path.Combine(Path.GetFullPath(published), "Telemetry.Server.dll") }
            : start;
    }
}
