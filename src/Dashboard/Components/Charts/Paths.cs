using System.Globalization;
using System.Text;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>Outlines in a box 1000 wide.</summary>
internal static class Paths
{
    public const double Width = 1000;

    /// <summary>A line through the known values; no data breaks it.</summary>
    public static string Line(IReadOnlyList<double?> values, Scale scale, int from = 0, int? to = null, double width = Width)
    {
        var path = new StringBuilder();
        var pen = false;
        for (var i = from; i <= (to ?? values.Count - 1); i++)
        {
            if (values[i] is not { } value)
            {
                pen = false;
                continue;
            }
            path.Append(pen ? 'L' : 'M');
            Point(path, Percent(i, values.Count) * width / 100, scale.Y(value));
            // A lone point is drawn by its round end.
            if (!pen && (i == values.Count - 1 || i == to || values[i + 1] is null))
            {
                path.Append("h0");
            }
            pen = true;
        }
        return path.ToString();
    }

    /// <summary>What lies between two lines; broken where either has no data.</summary>
    public static string Area(IReadOnlyList<double?> low, IReadOnlyList<double?> high, Scale scale)
    {
        var path = new StringBuilder();
        for (var i = 0; i < high.Count; i++)
        {
            if (high[i] is null || low[i] is null)
            {
                continue;
            }
            var last = i;
            while (last + 1 < high.Count && high[last + 1] is not null && low[last + 1] is not null)
            {
                last++;
            }
            for (var up = i; up <= last; up++)
            {
                path.Append(up == i ? 'M' : 'L');
                Point(path, X(up, high.Count), scale.Y(high[up]!.Value));
            }
            for (var down = last; down >= i; down--)
            {
                path.Append('L');
                Point(path, X(down, low.Count), scale.Y(low[down]!.Value));
            }
            path.Append('Z');
            i = last;
        }
        return path.ToString();
    }

    /// <summary>Percent of the width.</summary>
    public static double Percent(int index, int count) => count < 2 ? 50 : 100d * index / (count - 1);

    private static double X(int index, int count) => Percent(index, count) * Width / 100;

    private static void Point(StringBuilder path, double x, double y) =>
        path.Append(CultureInfo.InvariantCulture, $"{Math.Round(x, 1)},{Math.Round(y, 1)}");
}
