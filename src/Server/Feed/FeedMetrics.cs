using System.Diagnostics.Metrics;

namespace Telemetry.Server.Feed;

/// <summary>Figures about readers. Meter "Telemetry.Server".</summary>
internal sealed class FeedMetrics
{
    private readonly UpDownCounter<int> _readers;
    private readonly Counter<long> _frozen;

    public FeedMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Telemetry.Server");
        _readers = meter.CreateUpDownCounter<int>("telemetry.feed.readers", "{reader}", "Readers that follow the feed.");
        _frozen = meter.CreateCounter<long>(
            "telemetry.feed.frozen", "{reader}", "Readers that lost their place because they took nothing for too long.");
    }

    public void ReaderCame() => _readers.Add(1);

    public void ReaderLeft() => _readers.Add(-1);

    public void ReaderFroze() => _frozen.Add(1);
}
