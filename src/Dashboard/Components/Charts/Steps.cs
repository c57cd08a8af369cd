namespace Telemetry.Dashboard.Components.Charts;

/// <summary>Seven steps of one hue, with limits that can be written.</summary>
public sealed record Steps(IReadOnlyList<double> Limits)
{
    /// <summary>For counts: each step about two to three times the one before, so that a few large cells do not make all others pale.</summary>
    public static Steps Counts(double most, int count = 7)
    {
        if (most <= count)
        {
            return new([.. Enumerable.Range(1, Math.Max(1, (int)most)).Select(i => (double)i)]);
        }
        // From one to the most in equal ratios, at 1, 2, 3, 5 and their tens.
        var limits = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var limit = Nice(Math.Pow(most, (double)i / count));
            if (limits.Count == 0 || limit > limits[^1])
            {
                limits.Add(limit);
            }
        }
        return new(limits);
    }

    /// <summary>For shares: equal steps between the least and the most, at whole percents.</summary>
    public static Steps Shares(double least, double most, int count = 7)
    {
        var low = Math.Floor(least * 100);
        var step = Math.Max(1, Math.Ceiling((most * 100 - low) / count));
        return new([.. Enumerable.Range(0, count).Select(i => (low + i * step) / 100)]);
    }

    /// <summary>1 to 7; 0 for what is below the first limit.</summary>
    public int Of(double value)
    {
        var step = 0;
        while (step < Limits.Count && value >= Limits[step] - 1e-12)
        {
            step++;
        }
        // Few steps use the strong end as well.
        return step == 0 ? 0 : Limits.Count >= 7 ? step : (int)Math.Round(step * 6d / Limits.Count) + 1;
    }

    private static double Nice(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * (value / power) switch { < 1.5 => 1, < 2.5 => 2, < 4 => 3, < 7.5 => 5, _ => 10 };
    }
}
