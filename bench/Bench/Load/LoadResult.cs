using HdrHistogram;

namespace Bench.Load;

/// <summary>What a load saw. Only answers that carried a message count as done.</summary>
internal sealed class LoadResult
{
    private const long HighestMicroseconds = 60_000_000;

    public LongHistogram Latency { get; } = new(HighestMicroseconds, 3);

    public long Done { get; set; }

    public long Errors { get; set; }

    public double Seconds { get; set; }

    public double PerSecond => Done / Seconds;

    public double P50 => Latency.GetValueAtPercentile(50) / 1000.0;

    public double P99 => Latency.GetValueAtPercentile(99) / 1000.0;

    public void Record(double microseconds) =>
        Latency.RecordValue((long)Math.Clamp(microseconds, 1, HighestMicroseconds));

    public void Add(LoadResult other)
    {
        Latency.Add(other.Latency);
        Done += other.Done;
        Errors += other.Errors;
    }
}
