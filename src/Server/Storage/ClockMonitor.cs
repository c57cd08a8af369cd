using System.Globalization;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage;

/// <summary>Notices when the system's clock was moved, since everything stored is dated by it.</summary>
/// <remarks>
/// Responsible for: comparing the clock with the monotonic one while the server runs, and with stored dates at its start;
/// saying what it finds, in the log and to the health check. What it finds is doubted for a day: then the clock is
/// taken for right, as nobody has changed it. Threading: any.
/// </remarks>
internal sealed partial class ClockMonitor : BackgroundService
{
    /// <summary>How long the clock must go steadily before it is trusted with what cannot be undone.</summary>
    public static readonly TimeSpan TrialPeriod = TimeSpan.FromDays(1);

    /// <summary>A time service corrects by less, and what is stored is kept in days.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly ITelemetryStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<ClockMonitor> _logger;
    private long _steadySince;
    private DateTimeOffset _steadyFrom;
    private DateTimeOffset _storedBefore = DateTimeOffset.MinValue;
    private readonly long _startedAt;
    private string? _finding;

    public ClockMonitor(ITelemetryStore store, TimeProvider time, ILogger<ClockMonitor> logger)
    {
        _store = store;
        _time = time;
        _logger = logger;
        _steadySince = time.GetTimestamp();
        _steadyFrom = time.GetUtcNow();
        _startedAt = _steadySince;
    }

    /// <summary>What to say about the clock; null when there is nothing.</summary>
    public string? Finding
    {
        get
        {
            lock (_gate)
            {
                Look();
                return _time.GetElapsedTime(_steadySince) < TrialPeriod ? _finding : null;
            }
        }
    }

    /// <summary>Whether the clock has gone steadily for a day of this run.</summary>
    public bool IsTrusted
    {
        get
        {
            lock (_gate)
            {
                Look();
                return _time.GetElapsedTime(_steadySince) >= TrialPeriod;
            }
        }
    }

    /// <summary>
    /// A moment that is not ahead of the true one, for what cannot be undone: the clock's once it is trusted, and until then
    /// no later than the newest stored date and the time since the start. A server that is restarted every night gets by with
    /// that, and one whose clock jumped years ahead while it was off does not delete what it has. Null while something is wrong.
    /// </summary>
    public DateTimeOffset? NoLaterThanNow
    {
        get
        {
            if (Finding is not null)
            {
                return null;
            }

            var (now, isTrusted) = (_time.GetUtcNow(), IsTrusted);
            if (!isTrusted && _storedBefore == DateTimeOffset.MinValue)
            {
                return null;
            }

            var known = _storedBefore + _time.GetElapsedTime(_startedAt);
            return isTrusted || now < known ? now : known;
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        _storedBefore = await NewestDateAsync(cancellationToken).ConfigureAwait(false);
        if (_storedBefore is var newest && newest > now + TrialPeriod)
        {
            lock (_gate)
            {
                _finding = string.Create(
                    CultureInfo.InvariantCulture,
                    $"The clock shows {now:yyyy-MM-dd}, and stored dates reach {newest:yyyy-MM-dd}: it is wrong now or was then. Check it.");
            }

            Log.StoredDatesAhead(_logger, newest, now);
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                _ = Finding;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Nothing is left to do.
        }
    }

    private async ValueTask<DateTimeOffset> NewestDateAsync(CancellationToken cancellation)
    {
        var newest = await LastReportAsync(cancellation).ConfigureAwait(false);
        // The newest report may be one that was erased.
        newest = _store.Erasures is [.., var last] && last.Time > newest ? last.Time : newest;
        foreach (var license in _store.ReadLicenses())
        {
            newest = license.ChangedAt > newest ? license.ChangedAt : newest;
        }

        foreach (var lease in _store.ReadLeases())
        {
            var day = new DateTimeOffset(lease.LastCheckOn, TimeOnly.MinValue, TimeSpan.Zero);
            newest = day > newest ? day : newest;
        }

        return newest;
    }

    private async ValueTask<DateTimeOffset> LastReportAsync(CancellationToken cancellation)
    {
        try
        {
            var report = await _store.FindReportAsync(_store.Current.Number, cancellation).ConfigureAwait(false);
            return report?.AcceptedAt ?? DateTimeOffset.MinValue;
        }
        catch (StoreDamagedException)
        {
            // Told by the store itself; its date is not worth a refused start.
            return DateTimeOffset.MinValue;
        }
    }

    private void Look()
    {
        var (now, steady) = (_time.GetUtcNow(), _time.GetElapsedTime(_steadySince));
        var moved = now - (_steadyFrom + steady);
        if (moved.Duration() <= Tolerance)
        {
            return;
        }

        _steadySince = _time.GetTimestamp();
        _steadyFrom = now;
        _finding = string.Create(
            CultureInfo.InvariantCulture,
            $"The clock was moved by {moved:d\\.hh\\:mm\\:ss} to {now:yyyy-MM-dd HH:mm:ss} UTC. Check it; what is stored is dated by it.");
        Log.Moved(_logger, moved, now);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1801, Level = LogLevel.Warning,
            Message = "The clock was moved by {Moved}, to {Now}. Reports, licenses and seats are dated by it: check it. "
                + "A machine that was suspended shows the same.")]
        public static partial void Moved(ILogger logger, TimeSpan moved, DateTimeOffset now);

        [LoggerMessage(EventId = 1802, Level = LogLevel.Warning,
            Message = "Stored dates reach {Newest}, and the clock shows {Now}: it is wrong now or was then. Check it. "
                + "After a day without a change it is taken for right, and dates of seats in the future are put right.")]
        public static partial void StoredDatesAhead(ILogger logger, DateTimeOffset newest, DateTimeOffset now);
    }
}
