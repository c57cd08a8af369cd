using System.Diagnostics.Metrics;

namespace Telemetry.Server.Backups;

/// <summary>Figures about backups. Meter "Telemetry.Server".</summary>
internal sealed class BackupMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _bytes;
    private readonly TimeProvider _time;

    public BackupMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        _meter = meters.Create("Telemetry.Server");
        _failures = _meter.CreateCounter<long>("telemetry.backup.failures", "{backup}", "Backups that could not be made.");
        _durations = _meter.CreateHistogram<double>("telemetry.backup.duration", "s", "How long a backup took.");
        _bytes = _meter.CreateCounter<long>("telemetry.backup.written", "By", "Bytes that were written for backups.");
    }

    /// <summary>Watches how old the newest backup is.</summary>
    /// <param name="newest">When it was made; null when there is none.</param>
    public void Observe(Func<DateTimeOffset?> newest) => _meter.CreateObservableGauge(
        "telemetry.backup.age", () => newest() is { } time ? new Measurement<double>[] { new((_time.GetUtcNow() - time).TotalSeconds) } : [], "s",
        "Age of the newest whole backup.");

    public void Made(TimeSpan duration, long bytes)
    {
        _durations.Record(duration.TotalSeconds);
        _bytes.Add(bytes);
    }

    public void Failed() => _failures.Add(1);
}
