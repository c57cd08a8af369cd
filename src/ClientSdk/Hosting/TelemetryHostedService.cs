using Microsoft.Extensions.Hosting;

namespace Telemetry.Client.Hosting;

/// <summary>Starts and stops the client with its host.</summary>
internal sealed class TelemetryHostedService(TelemetryClient client) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        client.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => client.DisposeAsync().AsTask();
}
