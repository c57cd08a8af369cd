using System.Diagnostics.Metrics;

namespace Telemetry.Server.Feed;

/// <summary>Figures about readers. Meter "Telemetry.Server".</summary>
internal sealed class FeedMetrics
{
    private readonly UpDownCounter<int> _readers;

    public FeedMetrics(IMeterFactory meters) =>
        _readers = meters.Create("Telemetry.Server").CreateUpDownCounter<int>(
            "telemetry.feed.readers", "{reader}", "Readers that follow the feed.");

    public void ReaderCame() => _readers.Add(1);

    public void ReaderLeft() => _readers.Add(-1);
}
