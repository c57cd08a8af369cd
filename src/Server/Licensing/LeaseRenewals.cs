using System.Collections.Concurrent;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Licensing;

/// <summary>Notes, a little later and many at a time, on which day seats were last checked.</summary>
/// <remarks>
/// A check of a seat that the installation has changes nothing but that day, so it need not wait for the disk: a renewal
/// that a kill loses is made again by the next check, weeks before the seat would lapse.
/// </remarks>
internal sealed partial class LeaseRenewals(LicenseBook book, TimeProvider time, ILogger<LeaseRenewals> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(SubscriptionKeyHash Key, LicensedInstanceId Instance), byte> _due = new();
    private bool _told;

    public void Note(SubscriptionKeyHash key, LicensedInstanceId instance) => _due.TryAdd((key, instance), 0);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await WriteAsync().ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await WriteAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The rest is written by StopAsync.
        }
    }

    private async Task WriteAsync()
    {
        var seats = _due.Keys.ToList();
        try
        {
            await book.RenewAsync(seats, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)).ConfigureAwait(false);
            foreach (var seat in seats)
            {
                _due.TryRemove(seat, out _);
            }

            _told = false;
        }
        catch (StoreUnavailableException)
        {
            // Once, and not every time it is tried again. Why, the store says itself.
            if (!_told)
            {
                _told = true;
                Log.NotWritten(logger, seats.Count);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1301, Level = LogLevel.Warning,
            Message = "The last checks of {Count} licensed installations could not be noted; it is tried again every few seconds.")]
        public static partial void NotWritten(ILogger logger, int count);
    }
}
