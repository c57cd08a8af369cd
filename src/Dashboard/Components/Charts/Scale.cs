namespace Telemetry.Dashboard.Components.Charts;

/// <summary>From values to pixels, with grid lines at round numbers.</summary>
public sealed record Scale(double Low, double High, IReadOnlyList<double> Ticks, double Top, double Bottom)
{
    public bool AboveZero => Low > 0;

    public double Y(double value) => Bottom - (Bottom - Top) * (value - Low) / (High - Low);

    /// <param name="aboveZero">Whether it may start above zero; by default it does where else the lines would lie in a third of the height.</param>
    public static Scale For(double least, double most, Unit unit, double top, double bottom, bool? aboveZero = null)
    {
        var cut = least > 0 && (aboveZero ?? (most - least) * 3 < most);
        if (cut && Round(least, most, unit, fromZero: false) is { Low: > 0 } high)
        {
            return high with { Top = top, Bottom = bottom };
        }
        return Round(0, most, unit, fromZero: true) with { Top = top, Bottom = bottom };
    }

    private static Scale Round(double least, double most, Unit unit, bool fromZero)
    {
        if (most <= least)
        {
            most = fromZero ? unit == Unit.Share ? 0.01 : 1 : least + Math.Max(least * 0.05, unit == Unit.Count ? 1 : 1e-6);
        }
        Scale? best = null;
        foreach (var step in Steps(most - least, unit))
        {
            var low = fromZero ? 0 : Math.Floor(least / step + 1e-9) * step;
            var high = Math.Ceiling(most / step - 1e-9) * step;
            if (unit == Unit.Share && most <= 1)
            {
                high = Math.Min(high, 1);
            }
            var lines = (int)Math.Round((high - low) / step);
            if (lines is >= 2 and <= 4 && (best is null || high - low < (best.High - best.Low) * 0.999))
            {
                best = new(low, high, [.. Enumerable.Range(0, lines + 1).Select(i => low + i * step)], 0, 0);
            }
        }
        // A handful of things counted: one line is enough.
        return best ?? new(fromZero ? 0 : Math.Floor(least), Math.Max(Math.Ceiling(most), Math.Floor(least) + 1),
            [fromZero ? 0 : Math.Floor(least), Math.Max(Math.Ceiling(most), Math.Floor(least) + 1)], 0, 0);
    }

    private static IEnumerable<double> Steps(double range, Unit unit)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(range)) - 1);
        foreach (var factor in (double[])[1, 2, 2.5, 4, 5, 10, 20, 25, 40, 50])
        {
            var step = factor * power;
            if (unit is not (Unit.Count or Unit.Bytes) || step >= 1 && step == Math.Round(step))
            {
                yield return step;
            }
        }
    }
}
