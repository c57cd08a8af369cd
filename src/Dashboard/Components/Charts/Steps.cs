namespace Telemetry.Dashboard.Components.Charts;

/// <summary>Up to seven steps of one hue, with limits that can be written.</summary>
public sealed record Steps(IReadOnlyList<double> Limits)
{
    /// <summary>For the cells of a table: close together at first, so that few large cells do not make all others pale.</summary>
    public static Steps Counts(double most) => Of(most, 7, part => Math.Pow(part, 2));

    /// <summary>For a map, where the largest is a thousand times the least: each step so many times the one before.</summary>
    public static Steps Ratios(double most) => Of(most, 6, part => Math.Pow(most, part) / Math.Max(most, 1));

    /// <summary>For shares: equal steps between the least and the most, at whole percents.</summary>
    public static Steps Shares(double least, double most)
    {
        var low = Math.Floor(least * 100);
        var step = Math.Max(1, Math.Ceiling((most * 100 - low) / 7));
        return new([.. Enumerable.Range(0, 7).Select(i => (low + i * step) / 100).TakeWhile(limit => limit <= most)]);
    }

    /// <summary>For how complete something is: what is nearly all is told apart from all.</summary>
    public static Steps Complete { get; } = new([0.01, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99]);

    /// <summary>1 to 7; 0 for what is below the first limit. Few steps use the strong end as well.</summary>
    public int Of(double value)
    {
        var step = Limits.Count(limit => value >= limit - 1e-12);
        return step == 0 ? 0 : Limits.Count == 7 ? step : (int)Math.Round(step * 6d / Limits.Count) + 1;
    }

    private static Steps Of(double most, int count, Func<double, double> part)
    {
        var limits = new List<double> { 1 };
        for (var i = 1; i < count; i++)
        {
            var limit = Nice(most * part((double)i / count));
            if (limit > limits[^1])
            {
                limits.Add(limit);
            }
        }
        return new(limits);
    }

    private static double Nice(double value)
    {
        if (value <= 1)
        {
            return 1;
        }
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return Math.Round(power * (value / power) switch { < 1.25 => 1, < 1.75 => 1.5, < 2.5 => 2, < 3.5 => 3, < 4.5 => 4, < 6 => 5, < 8.5 => 7, _ => 10 });
    }
}
