using Microsoft.Extensions.Options;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Audit;

/// <summary>Removes entries of the audit log whose time is over, a bounded number at a time, and records that.</summary>
/// <remarks>While there is a doubt about the clock nothing is removed.</remarks>
internal sealed partial class AuditSweeper(
    ITelemetryStore store, IOptions<AuditOptions> options, ClockMonitor clock, TimeProvider time, ILogger<AuditSweeper> logger) : BackgroundService
{
    /// <summary>Few enough that a commit between two steps does not wait for long.</summary>
    private const int MostAtATime = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await SweepAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left is removed in the next run.
        }
    }

    /// <summary>Removes all that is too old.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        try
        {
            while (clock.IsTrusted && await StepAsync(cancellation).ConfigureAwait(false))
            {
            }
        }
        catch (Exception e) when (e is StoreUnavailableException or StoreDamagedException)
        {
            Log.NotSwept(logger, e.Message);
        }
    }

    private async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var until = time.GetUtcNow() - TimeSpan.FromDays(options.Value.KeepDays);
        // The newest one stays: it tells where the numbers go on.
        var entries = await store.ReadAuditAsync(store.OldestAuditNumber, store.AuditHead.Number - 1, newestFirst: false, MostAtATime, cancellation).ConfigureAwait(false);
        if (entries.TakeWhile(entry => AuditMapper.TimeOf(entry) < until).LastOrDefault() is not { } last)
        {
            return false;
        }

        var record = AuditCall.OfServer("Audit.Forget", "retention", time).Record(0) with { Forgotten = AuditHead.Of(last) };
        await store.ForgetAuditAsync(last.Number, AuditMapper.Draft(record), cancellation).ConfigureAwait(false);
        return entries.Count == MostAtATime;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 7002, Level = LogLevel.Warning,
            Message = "Old entries of the audit log could not be removed: {Reason} Tried again within the hour.")]
        public static partial void NotSwept(ILogger logger, string reason);
    }
}
