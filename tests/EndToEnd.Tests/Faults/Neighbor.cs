using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>An honest installation at an address of its own, which reports over gRPC and HTTP and asks for the health page, again and again.</summary>
internal sealed class Neighbor : IAsyncDisposable
{
    /// <summary>The same installation reports often here.</summary>
    public const string Setting = "--Ingestion:MinimumInterval=00:00:00";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _over = new();
    private readonly CallerAt _caller;
    private readonly Task _reporting;
    private int _served;
    private TimeSpan _slowest;

    private Neighbor(ServerProcess server)
    {
        _caller = new CallerAt("127.0.7.7", server.Grpc, server.Http);
        _reporting = Task.Run(ReportAsync);
    }

    public static Neighbor Of(ServerProcess server) => new(server);

    public async Task ServedAsync(int times)
    {
        var target = _served + times;
        await Patience.Until(() => _served >= target || _reporting.IsCompleted, "the neighbor is served");
    }

    /// <summary>Every report was taken, and at least some were.</summary>
    /// <returns>How many, and how long the slowest round of three calls took.</returns>
    public async Task<(int Served, TimeSpan Slowest)> EndAsync()
    {
        await ServedAsync(3);
        await _over.CancelAsync();
        await Patience.For(_reporting, "the neighbor ends");
        return (_served, _slowest);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _caller.Dispose();
        _over.Dispose();
    }

    private async Task ReportAsync()
    {
        using var pace = new PeriodicTimer(Pace);
        while (!_over.IsCancellationRequested)
        {
            var start = TimeProvider.System.GetTimestamp();
            await Patience.For(
                _caller.Reporting.SubmitReportAsync(SampleReports.Request("https://neighbor.example")).ResponseAsync, "the neighbor's receipt");
            using (var answer = await Patience.For(_caller.PostAsync("https://other-neighbor.example"), "the neighbor's answer"))
            {
                Assert.True(answer.IsSuccessStatusCode, $"The neighbor got {answer.StatusCode}.");
            }

            Assert.StartsWith("ready", await Patience.For(_caller.Http.GetStringAsync("/healthz"), "the health page"), StringComparison.Ordinal);
            var took = TimeProvider.System.GetElapsedTime(start);
            _slowest = took > _slowest ? took : _slowest;
            _served++;
            await pace.WaitForNextTickAsync();
        }
    }
}
