using System.Globalization;
using Telemetry.Dashboard.Components.Data;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>What lines, layers and columns have in common: grid, ticks and their table.</summary>
internal static class Ground
{
    public static Scene Draw(Words words, Scale scale, Unit unit, Axis axis, double height, bool columns = false)
    {
        var scene = new Scene(height);
        foreach (var tick in scale.Ticks)
        {
            var y = scale.Y(tick);
            scene.Rules.Add(new(0, 100, y, y, tick == 0 ? "base" : tick == scale.Low && scale.AboveZero ? "cut" : "grid"));
            scene.Gutter.Add(new(words.Formats.Tick(Math.Abs(tick), unit), 0, y));
        }
        if (scale.AboveZero)
        {
            scene.Labels.Add(new(words.StartsAt(words.Formats.Tick(scale.Low, unit)), 0, height - 5, "note halo", Shift: 4));
        }
        foreach (var tick in axis.Ticks)
        {
            var x = !columns ? Paths.Percent(tick.Index, axis.Count)
                : tick.Index == 0 ? 0 : tick.Index == axis.Count - 1 ? 100 : 100 * (tick.Index + 0.5) / axis.Count;
            scene.Labels.Add(new(tick.Text, x, height + 17, "t" + tick.Priority.ToString(CultureInfo.InvariantCulture),
                x <= 2 ? "start" : x >= 98 ? "end" : "middle"));
        }
        return scene;
    }

    public static ChartTable Table(Words words, string title, Axis axis, IReadOnlyList<Series> series, Unit unit, string? beforeName)
    {
        var columns = new List<ChartColumn> { new(axis.Heading, Numeric: false) };
        foreach (var one in series)
        {
            columns.Add(new(one.Name));
            if (one.Before is not null)
            {
                columns.Add(new($"{one.Name}, {beforeName ?? words.BeforeName}"));
            }
        }
        var rows = Enumerable.Range(0, axis.Count).Select(IReadOnlyList<Cell> (i) =>
        [
            new(axis.Names[i], axis.Keys[i]),
            .. series.SelectMany(one => one.Before is null ? [Cell(words, one.Values, i, unit)]
                : new[] { Cell(words, one.Values, i, unit), Cell(words, one.Before, i, unit) }),
        ]);
        return new(title, columns, [.. rows]);
    }

    public static Cell Cell(Words words, IReadOnlyList<double?> values, int at, Unit unit) =>
        Cell(words, at < values.Count ? values[at] : null, unit, words.NoData);

    public static Cell Cell(Words words, double? value, Unit unit, string nothing) => value is { } known
        ? new(words.Formats.Value(known, unit), known.ToString("R", CultureInfo.InvariantCulture)) : new(nothing, "");
}
