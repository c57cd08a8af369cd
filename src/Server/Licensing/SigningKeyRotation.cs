using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Telemetry.Server.Licensing;

/// <summary>Looks at the start and every minute whether a new signing key is due.</summary>
internal sealed partial class SigningKeyRotation(SigningKeyRing keys, TimeProvider time, ILogger<SigningKeyRotation> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly PeriodicTimer _timer = new(Interval, time);
    private string? _told;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                Look();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    private void Look()
    {
        if (keys.RotateWhenDue())
        {
            Log.Rotated(logger, keys.Current.Id);
        }

        // Once for each reason: it is tried again every minute.
        if (keys.RotationFailure is { } failure && failure != _told)
        {
            Log.NotRotated(logger, failure);
        }

        _told = keys.RotationFailure;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1302, Level = LogLevel.Information, Message = "The signing key {Id} signs from now on.")]
        public static partial void Rotated(ILogger logger, string id);

        [LoggerMessage(EventId = 1303, Level = LogLevel.Error,
            Message = "A new signing key is due and cannot be made; the old one goes on, and it is tried again every minute. {Reason}")]
        public static partial void NotRotated(ILogger logger, string reason);
    }
}

/// <summary>Degraded while a new signing key is due and cannot be made: tokens are good, the reason is not.</summary>
internal sealed class SigningKeyHealthCheck(SigningKeyRing keys) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(keys.RotationFailure is null
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded("A new signing key is due and cannot be made; see the server's log."));
}
