namespace Telemetry.Dashboard.Components.Charts;

/// <summary>Labels that would touch are moved apart, and keep their order.</summary>
internal static class Labels
{
    public const double LineHeight = 14;

    public static IEnumerable<Label> Apart(IEnumerable<Label> labels, double top, double bottom)
    {
        var sorted = labels.OrderBy(label => label.Y).ToArray();
        var ys = sorted.Select(label => label.Y).ToArray();
        for (var round = 0; round < 60; round++)
        {
            for (var i = 1; i < ys.Length; i++)
            {
                var missing = LineHeight - (ys[i] - ys[i - 1]);
                if (missing > 0)
                {
                    ys[i] += missing / 2;
                    ys[i - 1] -= missing / 2;
                }
            }
            for (var i = 0; i < ys.Length; i++)
            {
                ys[i] = Math.Min(Math.Max(ys[i], top + LineHeight * i), bottom - LineHeight * (ys.Length - 1 - i));
            }
        }
        return sorted.Select((label, i) => label with { Y = ys[i] });
    }

    /// <summary>A name that would push the plot away is shortened; the tip and the table have it in full.</summary>
    public static string Short(string name, int length = 18) => name.Length <= length ? name : string.Concat(name.AsSpan(0, length - 1).TrimEnd(), "…");
}
