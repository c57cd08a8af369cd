namespace Telemetry.Dashboard.Data;

/// <summary>How long to wait before the next try: 1, 2, 4 ... 30 s.</summary>
public sealed class Backoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private int _failures;

    public TimeSpan Next()
    {
        var seconds = Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(_failures++, 5)));
        return TimeSpan.FromSeconds(seconds);
    }

    public void Reset() => _failures = 0;
}
