using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Licensing;

/// <summary>Removes seats that lapsed long ago, and puts dates right that lie in the future.</summary>
/// <remarks>
/// Responsible for: forgetting what nobody needs, a bounded number at a time. A lapsed seat counts for nothing, so nobody
/// waits for this, and while there is a doubt about the clock nothing is done. Never part of a check: a wrong clock must
/// not cost anybody a seat.
/// </remarks>
internal sealed partial class LeaseSweeper(
    LicenseBook book, LicenseJudge judge, ClockMonitor clock, TimeProvider time, ILogger<LeaseSweeper> logger)
    : BackgroundService
{
    /// <summary>How long a lapsed seat is still kept: a clock that is a month ahead unnoticed has cost nothing then.</summary>
    public const int GraceDays = 30;

    private const int MostLicensesAtATime = 100;

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
            // What is left is swept in the next run.
        }
    }

    /// <summary>Does one part of the work.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        if (!clock.IsTrusted)
        {
            return;
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var keys = book.InOrder.Select(book.Find).OfType<LicenseEntry>()
            .Where(entry => entry.Leases.Values.Any(lease => IsOver(lease, today) || IsAhead(lease, today)))
            .Select(entry => entry.License.KeyHash)
            .Take(MostLicensesAtATime);
        try
        {
            foreach (var key in keys)
            {
                await book.ChangeAsync(key, entry => entry is null ? null : Swept(entry, today), cancellation)
                    .ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException e)
        {
            Log.NotSwept(logger, e);
        }
    }

    private LicenseEntry? Swept(LicenseEntry entry, DateOnly today)
    {
        var leases = entry.Leases.RemoveRange(
            entry.Leases.Values.Where(lease => IsOver(lease, today)).Select(lease => lease.Instance));
        leases = leases.SetItems(leases.Where(pair => IsAhead(pair.Value, today))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { LastCheckOn = today })));
        return leases == entry.Leases ? null : entry with { Leases = leases };
    }

    /// <summary>Lapsed long ago, or taken in the future and so never.</summary>
    private bool IsOver(LicenseLease lease, DateOnly today) =>
        judge.DaysLapsed(lease, today) > GraceDays || LicenseJudge.IsAhead(lease.BoundOn, today);

    private static bool IsAhead(LicenseLease lease, DateOnly today) => LicenseJudge.IsAhead(lease.LastCheckOn, today);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1304, Level = LogLevel.Warning,
            Message = "Lapsed seats could not be removed; tried again within the hour.")]
        public static partial void NotSwept(ILogger logger, Exception exception);
    }
}
