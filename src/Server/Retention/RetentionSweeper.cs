using Microsoft.Extensions.Options;
using Telemetry.Server.Audit;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Retention;

/// <summary>Deletes what is kept no longer, class by class, and moves what will be to where that is cheap.</summary>
/// <remarks>
/// Responsible for: erasures that were interrupted, reports by the day, what the insights count by the day, silent installations, licenses that ended, the audit log.
/// Not responsible for: seats (<see cref="LeaseSweeper"/>). While there is a doubt about the clock nothing is done: a wrong
/// one must not delete anything. What fails is tried again in the next minute, and begins where it ended.
/// </remarks>
internal sealed partial class RetentionSweeper(
    ITelemetryStore store, FleetProjection projection, LicenseBook book, AuditRetention audit, ClockMonitor clock, IOptions<RetentionOptions> options,
    TimeProvider time, ILogger<RetentionSweeper> logger)
    : BackgroundService
{
    /// <summary>Often, because a fleet that grows fast must not fill the database before its day is over.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>As the audit log calls it.</summary>
    private const string Part = "retention";

    private readonly SemaphoreSlim _sweeping = new(1);
    private int _sweptDay = int.MinValue;
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <remarks>The first time right after the start: a server may be one that never runs for long.</remarks>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        await Task.Yield();
        try
        {
            do
            {
                await SweepAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left is done in the next run.
        }
    }

    /// <summary>Does all that is due.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await _sweeping.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var failed = false;
            if (clock.NoLaterThanNow is { } now)
            {
                failed |= !await TryAsync(SweepAsync(now, cancellation)).ConfigureAwait(false);
            }

            // Whatever the clock says.
            failed |= !await TryAsync(store.FinishErasuresAsync(cancellation).AsTask()).ConfigureAwait(false);
            if (!failed)
            {
                _told.Clear();
            }
        }
        finally
        {
            _sweeping.Release();
        }
    }

    public override void Dispose()
    {
        _sweeping.Dispose();
        base.Dispose();
    }

    private async Task<bool> TryAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is StoreUnavailableException or StoreDamagedException or IOException or UnauthorizedAccessException)
        {
            if (_told.Add(e.Message))
            {
                Log.NotSwept(logger, e.Message);
            }

            return false;
        }
    }

    private async Task SweepAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        // First, because a full disk leaves no room to move anything.
        await DropReportsAsync(now, cancellation).ConfigureAwait(false);
        var moved = false;
        while (await store.MoveStepAsync(now, cancellation).ConfigureAwait(false))
        {
            moved = true;
        }

        if (moved)
        {
            await DropReportsAsync(now, cancellation).ConfigureAwait(false);
        }

        if (UtcDay.Of(now) is var today && today > _sweptDay)
        {
            await DropByTheDayAsync(today, cancellation).ConfigureAwait(false);
            _sweptDay = today;
        }
    }

    private async Task DropReportsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var (oldest, before) = (store.OldestNumber, StartOf(UtcDay.Of(now) - options.Value.ReportDays));
        if (store.LastNumberBefore(before) is var last && last >= oldest && last > 0)
        {
            var bytes = store.SizeInBytes;
            await store.DropThroughAsync(last, cancellation, AuditCall.OfServer("Retention.DropReports", Part, time).Done()).ConfigureAwait(false);
            bytes = Math.Max(0, bytes - store.SizeInBytes);
            Log.ReportsDropped(logger, oldest, last, options.Value.ReportDays, bytes);
        }
    }

    private async Task DropByTheDayAsync(int today, CancellationToken cancellation)
    {
        var oldestDay = today - options.Value.DailyFactDays;
        var forgotten = await store.ForgetSilentAsync(StartOf(oldestDay), cancellation).ConfigureAwait(false);
        if (forgotten > 0)
        {
            await store.AppendAuditAsync([AuditCall.OfServer("Retention.ForgetInstances", Part, time).Done()], cancellation).ConfigureAwait(false);
        }

        await audit.ForgetAsync(StartOf(today), cancellation).ConfigureAwait(false);
        // The same installations, as the insights know them.
        projection.KeepFrom(oldestDay);
        var licensesBefore = StartOf(today - options.Value.LicenseDays);
        var licenses = 0;
        foreach (var entry in book.InOrder.Select(book.Find).OfType<LicenseEntry>().Where(IsOver).ToList())
        {
            licenses += await book.ForgetAsync(entry.License.KeyHash, IsOver, cancellation, AuditCall.OfServer("Retention.ForgetLicense", Part, time)).ConfigureAwait(false) ? 1 : 0;
        }

        if (forgotten + licenses > 0)
        {
            Log.Forgotten(logger, forgotten, options.Value.DailyFactDays, licenses, options.Value.LicenseDays);
        }

        bool IsOver(LicenseEntry entry) => entry.License.ChangedAt < licensesBefore
            && (entry.License.State == LicenseState.Revoked || entry.License.EndsAt < licensesBefore);
    }

    private static DateTimeOffset StartOf(int day) => DateTimeOffset.FromUnixTimeMilliseconds(UtcDay.StartMs(day));

    private static partial class Log
    {
        [LoggerMessage(EventId = 2101, Level = LogLevel.Information,
            Message = "Deleted reports {First} to {Last}, older than {Days} days (Retention:ReportDays); {Bytes} bytes were given back.")]
        public static partial void ReportsDropped(ILogger logger, long first, long last, int days, long bytes);

        [LoggerMessage(EventId = 2102, Level = LogLevel.Information,
            Message = "Forgot {Installations} installations that were silent for {Days} days (Retention:DailyFactDays) and {Licenses} "
                + "licenses that ended {LicenseDays} days ago (Retention:LicenseDays).")]
        public static partial void Forgotten(ILogger logger, int installations, int days, int licenses, int licenseDays);

        [LoggerMessage(EventId = 2103, Level = LogLevel.Warning,
            Message = "What is kept no longer or was erased could not be deleted, or days that are over not be moved: {Reason} Tried again every minute; nothing is lost.")]
        public static partial void NotSwept(ILogger logger, string reason);
    }
}
