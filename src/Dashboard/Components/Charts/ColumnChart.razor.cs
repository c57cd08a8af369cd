using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>Counts in slots of time, from zero: gains above, losses below, in one scale.</summary>
public sealed partial class ColumnChart : Chart
{
    private Scene _scene = new(0);
    private Scale _scale = null!;
    private string _label = "";
    private string[] _marks = [];

    [Parameter, EditorRequired]
    public Axis Axis { get; set; } = null!;

    /// <summary>What is stacked upwards, the lowest first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Series> Gains { get; set; } = [];

    /// <summary>What is stacked downwards.</summary>
    [Parameter]
    public IReadOnlyList<Series> Losses { get; set; } = [];

    [Parameter]
    public Unit Unit { get; set; }

    [Parameter]
    public string Noun { get; set; } = "";

    /// <summary>The slot that stands out, with its reason.</summary>
    [Parameter]
    public Note? Exceptional { get; set; }

    [Parameter]
    public IReadOnlyList<Level> Levels { get; set; } = [];

    [Parameter]
    public int Unfinished { get; set; }

    [Parameter]
    public int Height { get; set; } = 140;

    private IEnumerable<(Series Series, string Mark, bool Loss)> All =>
        Gains.Select((s, i) => (s, _marks[i], false)).Concat(Losses.Select((s, i) => (s, _marks[Gains.Count + i], true)));

    protected override void OnParametersSet()
    {
        _marks = [.. LineChart.Marks([.. Gains]).Select((m, i) => i == 1 && Losses.Count > 0 && Gains[1].Color is null ? "k4" : m), .. Losses.Select(_ => "kr")];
        var up = Slots(Gains).Concat(Levels.Select(l => l.Value)).DefaultIfEmpty().Max();
        var down = Slots(Losses).DefaultIfEmpty().Max();
        _scale = ScaleOf(up, down);
        _scene = Draw();
        _label = $"{Title}, {Words.Range(Axis.Names[0], Axis.Names[^1])} "
            + string.Join(" ", All.Select(s => $"{s.Series.Name} {Formats.Value(s.Series.Values.Sum(), Unit)}."))
            + (Exceptional is { } note ? $" {Axis.Names[note.Index]}: {note.Text}." : "");
        Changed();
    }

    private static IEnumerable<double> Slots(IReadOnlyList<Series> series) =>
        series.Count == 0 ? [] : Enumerable.Range(0, series.Max(s => s.Values.Count)).Select(i => series.Sum(s => s.Values.ElementAtOrDefault(i)) ?? 0);

    /// <summary>One scale for both sides: as high a step above as below.</summary>
    private Scale ScaleOf(double up, double down)
    {
        const double top = 14;
        var above = Scale.For(0, up, Unit, top, Height, false);
        if (down <= 0)
        {
            return above;
        }
        var larger = Scale.For(0, Math.Max(up, down), Unit, top, Height, false);
        var step = larger.Ticks.Count > 3 ? larger.Ticks[2] : larger.Ticks[1];
        var (high, low) = (Math.Max(up, step * 0.6), -Math.Max(down, step * 0.3));
        var ticks = Enumerable.Range(-4, 9).Select(i => i * step).Where(t => t >= low * 1.12 && t <= high * 1.12).ToArray();
        return new(Math.Min(low, ticks[0]), Math.Max(high, ticks[^1]), ticks, top, Height - 2);
    }

    private Scene Draw()
    {
        var scene = Ground.Draw(Words, _scale, Unit, Axis, Height, columns: true);
        var slot = 100d / Math.Max(1, Axis.Count);
        var gap = slot * (Axis.Count > 40 ? 0.12 : 0.1);
        for (var i = 0; i < Axis.Count; i++)
        {
            double up = 0, down = 0;
            foreach (var (series, mark, loss) in All)
            {
                var value = series.Values.ElementAtOrDefault(i) ?? 0;
                var (from, to) = loss ? (-down, -(down + value)) : (up, up + value);
                var (y1, y2) = (_scale.Y(Math.Max(from, to)), _scale.Y(Math.Min(from, to)));
                if (y2 - y1 > 0)
                {
                    // A hair of surface between what is stacked, and under the base.
                    var bottom = loss ? y2 : y2 - (from > 0 ? 1 : 0);
                    var top = loss ? y1 + 1 : y1;
                    var exceptional = Exceptional?.Index == i && Losses.Count == 0;
                    scene.Boxes.Add(new(i * slot + gap, slot - 2 * gap, top, Math.Max(0.75, bottom - top),
                        (i >= Axis.Count - Unfinished ? "running " : "") + (exceptional ? "f2" : mark == "k1" ? "bar" : mark.Replace('k', 'f'))));
                }
                (up, down) = loss ? (up, down + value) : (up + value, down);
            }
        }
        foreach (var level in Levels)
        {
            scene.Rules.Add(new(0, 100, _scale.Y(level.Value), _scale.Y(level.Value), "note-line"));
            scene.Labels.Add(new(level.Text, 100, _scale.Y(level.Value) - 5, "note halo", "end", -4));
        }
        if (Exceptional is { } note)
        {
            var x = (note.Index + 0.5) * slot;
            scene.Labels.Add(new(note.Text, x, 11, "note halo", x > 70 ? "end" : x < 30 ? "start" : "middle"));
        }
        DrawEnds(scene);
        return scene;
    }

    private void DrawEnds(Scene scene)
    {
        if (Gains.Count + Losses.Count < 2)
        {
            return;
        }
        double up = 0, down = 0;
        var ends = new List<Label>();
        foreach (var (series, mark, loss) in All)
        {
            var value = series.Values.Count > 0 ? series.Values[^1] ?? 0 : 0;
            var middle = loss ? -(down + value / 2) : up + value / 2;
            (up, down) = loss ? (up, down + value) : (up + value, down);
            ends.Add(new($"{Labels.Short(series.Name)} · {Formats.Value(value, Unit)}", 0, _scale.Y(middle), mark == "kr" ? "quiet" : "own " + mark.Replace('k', 'i'), Mark: "box " + mark.Replace('k', 'f')));
        }
        scene.Ends.AddRange(Labels.Apart(ends, 8, Height + 2));
    }

    private Reading Read(int at)
    {
        var name = at >= Axis.Count - Unfinished ? Words.SoFar(Axis.Names[at]) : Axis.Names[at];
        var rows = All.Select(s => new ReadingRow("box " + s.Mark.Replace('k', 'f'), s.Series.Name, Text(s.Series, at))).ToList();
        if (Losses.Count > 0)
        {
            rows.Add(new("", Words.Net, Formats.Difference(Gains.Sum(s => s.Values.ElementAtOrDefault(at) ?? 0) - Losses.Sum(s => s.Values.ElementAtOrDefault(at) ?? 0))));
        }
        if (Exceptional?.Index == at)
        {
            rows.Add(new("", Exceptional.Text, ""));
        }
        var sentence = rows.Count == 1 ? $"{name}: {rows[0].Value}{(Noun.Length == 0 ? "" : " " + Noun)}"
            : $"{name}: {string.Join(", ", rows.Select(row => $"{row.Name} {row.Value}".TrimEnd()))}";
        return new(100 * (at + 0.5) / Axis.Count, name, rows, [], sentence);
    }

    private string Text(Series series, int at) => series.Values.ElementAtOrDefault(at) is { } value ? Formats.Value(value, Unit) : Words.NoData;

    public override ChartTable Table() => Ground.Table(Words, Title, Axis, [.. Gains, .. Losses], Unit, null);

    public override string Svg(Palette palette) => SvgPicture.Of(Title, _scene, palette);
}
