using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>The parts of a sum over time, stacked from zero: only for counts that add up.</summary>
/// <remarks>The first series lies on top, so that versions given newest first have the newest there; rest lies lower, unknown lowest and hatched.</remarks>
public sealed partial class AreaChart : Chart
{
    private const double Top = 14;
    private Scene _scene = new(0);
    private Scale _scale = null!;
    private string _label = "";
    private Series[] _series = [];
    private string[] _marks = [];

    [Parameter, EditorRequired]
    public Axis Axis { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<Series> Series { get; set; } = [];

    [Parameter]
    public Unit Unit { get; set; }

    [Parameter]
    public int Unfinished { get; set; }

    [Parameter]
    public int Height { get; set; } = 220;

    protected override void OnParametersSet()
    {
        _series = [.. Series.OrderBy(s => s.Kind switch { SeriesKind.Rest => 1, SeriesKind.Unknown => 2, _ => 0 })];
        _marks = LineChart.Marks(_series);
        var sums = Enumerable.Range(0, Axis.Count).Select(Sum).ToArray();
        _scale = Scale.For(0, sums.DefaultIfEmpty().Max() ?? 0, Unit, Top, Height, false);
        _scene = Draw(sums);
        var known = sums.OfType<double>().ToArray();
        _label = $"{Title}, {Words.Range(Axis.Names[0], Axis.Names[^1])} "
            + (known.Length == 0 ? Words.NoData : Words.FromTo(Words.Sum, Formats.Value(known[0], Unit), Formats.Value(known[^1], Unit)))
            + " " + string.Join(" ", _series.Select(s => $"{s.Name} {Formats.Value(s.Values[^1], Unit)}."));
        Changed();
    }

    /// <summary>A day of which one part is not known has no sum that is true.</summary>
    private double? Sum(int at) => _series.All(s => s.Values[at] is null) ? null : _series.Sum(s => s.Values[at] ?? 0);

    private Scene Draw(double?[] sums)
    {
        var scene = Ground.Draw(Words, _scale, Unit, Axis, Height);
        double?[] low = [.. sums.Select(sum => sum is null ? null : (double?)0)];
        var ends = new List<Label>();
        for (var i = _series.Length - 1; i >= 0; i--)
        {
            double?[] high = [.. low.Select((v, at) => v + (_series[i].Values[at] ?? 0))];
            var area = Paths.Area(low, high, _scale);
            if (_marks[i] == "ku")
            {
                // Under the hatching no grid shines through.
                scene.Shapes.Add(new(area, "surface"));
            }
            scene.Shapes.Add(new(area, "layer " + _marks[i].Replace('k', 'f')));
            if (high[^1] is { } end)
            {
                ends.Add(new($"{Labels.Short(_series[i].Name)} · {Formats.Value(_series[i].Values[^1], Unit)}", 0, _scale.Y((end + low[^1]!.Value) / 2),
                    _series[i].Kind == SeriesKind.Category ? "own " + _marks[i].Replace('k', 'i') : "quiet", Mark: "box " + _marks[i].Replace('k', 'f')));
            }
            low = high;
        }
        if (Unfinished > 0 && Axis.Count > Unfinished)
        {
            var x = Paths.Percent(Axis.Count - 1 - Unfinished, Axis.Count);
            scene.Rules.Add(new(x, x, Top, Height, "note-line"));
        }
        scene.Ends.AddRange(Labels.Apart(ends, 8, Height + 2));
        return scene;
    }

    private Reading Read(int at)
    {
        var name = at >= Axis.Count - Unfinished ? Words.SoFar(Axis.Names[at]) : Axis.Names[at];
        var rows = _series.Select((s, i) => new ReadingRow("box " + _marks[i].Replace('k', 'f'), s.Name, s.Values[at] is { } v ? Formats.Value(v, Unit) : Words.NoData)).ToList();
        rows.Add(new("", Words.Sum, Sum(at) is { } sum ? Formats.Value(sum, Unit) : Words.NoData));
        return new(Paths.Percent(at, Axis.Count), name, rows, [], $"{name}: {string.Join(", ", rows.Select(row => $"{row.Name} {row.Value}"))}");
    }

    public override ChartTable Table() => Ground.Table(Words, Title, Axis, _series, Unit, null);

    public override string Svg(Palette palette) => SvgPicture.Of(Title, _scene, palette);
}
