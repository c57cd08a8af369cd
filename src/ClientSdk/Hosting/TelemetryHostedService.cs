using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Telemetry.Client.Hosting;

/// <summary>Starts and stops the client with its host, and logs what became of each scheduled report.</summary>
internal sealed partial class TelemetryHostedService(TelemetryClient client, ILogger<TelemetryHostedService> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        client.Reported += OnReported;
        client.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        client.Reported -= OnReported;
        await client.DisposeAsync().ConfigureAwait(false);
    }

    private void OnReported(object? sender, SendResult result) => LogResult(result.Kind, result.Message);

    // A failed report is nobody's emergency: it waits for the next day.
    [LoggerMessage(1, LogLevel.Information, "Usage report: {Kind}. {Message}")]
    private partial void LogResult(SendResultKind kind, string message);
}
