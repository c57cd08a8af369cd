using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>Change over time, of up to six series.</summary>
/// <remarks>
/// The previous period is dotted, what is not over is dashed, no data breaks the line and says so. It may start above zero:
/// then its base is dotted and says so, and nothing is filled.
/// </remarks>
public sealed partial class LineChart : Chart
{
    private const double Top = 16;
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

    /// <summary>What is counted, after a number: "installations".</summary>
    [Parameter]
    public string Noun { get; set; } = "";

    /// <summary>The period before in words: "90 days before".</summary>
    [Parameter]
    public string? BeforeName { get; set; }

    /// <summary>How many points at the end are not over.</summary>
    [Parameter]
    public int Unfinished { get; set; }

    /// <summary>The series are the parts of one whole, so that tips name their sum.</summary>
    [Parameter]
    public bool Whole { get; set; }

    [Parameter]
    public bool? AboveZero { get; set; }

    [Parameter]
    public int Height { get; set; } = 240;

    [Parameter]
    public IReadOnlyList<Note> Notes { get; set; } = [];

    [Parameter]
    public IReadOnlyList<Level> Levels { get; set; } = [];

    private bool Single => _series.Length == 1;

    protected override void OnParametersSet()
    {
        _series = [.. Series.OrderBy(s => s.Kind == SeriesKind.Unknown)];
        _marks = Marks(_series);
        var known = _series.SelectMany(s => s.Values.Concat(s.Before ?? [])).OfType<double>().Concat(Levels.Select(l => l.Value)).ToArray();
        _scale = Scale.For(known.Length == 0 ? 0 : known.Min(), known.Length == 0 ? 0 : known.Max(), Unit, Top, Height, AboveZero);
        _label = Describe();
        _scene = Draw();
        Changed();
    }

    /// <summary>Colors in fixed order for what is compared; grey for context and rest, and unknown has its own line.</summary>
    internal static string[] Marks(IReadOnlyList<Series> series)
    {
        var next = 1;
        return [.. series.Select(s => s.Kind switch
        {
            SeriesKind.Context => "kc",
            SeriesKind.Rest => "kr",
            SeriesKind.Unknown => "ku",
            _ => "k" + (s.Color ?? Math.Min(next++, 6)).ToString(System.Globalization.CultureInfo.InvariantCulture),
        })];
    }

    private Scene Draw()
    {
        var scene = Ground.Draw(Words, _scale, Unit, Axis, Height);
        foreach (var level in Levels)
        {
            scene.Rules.Add(new(0, 100, _scale.Y(level.Value), _scale.Y(level.Value), "note-line"));
            scene.Labels.Add(new(level.Text, 0, _scale.Y(level.Value) - 5, "note halo", Shift: 4));
        }
        var (line, beside) = (0, -100d);
        foreach (var note in Notes.OrderBy(note => note.Index))
        {
            var x = Paths.Percent(note.Index, Axis.Count);
            // Close to the one before, it stands a line higher, so that they never meet.
            (line, beside) = (x - beside < 50 ? line + 1 : 0, x);
            scene.Rules.Add(new(x, x, Top, Height, "note-line"));
            scene.Labels.Add(new(note.Text, x, Height - 24 - Labels.LineHeight * (line % 4), "note halo", x > 60 ? "end" : "start", x > 60 ? -5 : 5));
        }
        var ends = new List<Label>();
        // Context first: what matters lies on top.
        foreach (var i in Enumerable.Range(0, _series.Length).OrderByDescending(i => _series[i].Kind).ThenByDescending(i => i))
        {
            DrawSeries(scene, ends, _series[i], _marks[i]);
        }
        scene.Ends.AddRange(Labels.Apart(ends, 8, Height + 2));
        DrawGaps(scene);
        return scene;
    }

    private void DrawSeries(Scene scene, List<Label> ends, Series series, string mark)
    {
        var values = series.Values;
        var last = Enumerable.Range(0, values.Count).LastOrDefault(i => values[i] is not null, -1);
        if (series.Before is { } before)
        {
            scene.Shapes.Add(new(Paths.Line(before, _scale), "prev"));
            if (Single && before.LastOrDefault(v => v is not null) is { } then)
            {
                ends.Add(new(Words.Before(Formats.Value(then, Unit)), 0, _scale.Y(then), "quiet", Mark: "prev"));
            }
        }
        if (last < 0)
        {
            return;
        }
        var over = Math.Max(0, Axis.Count - 1 - Unfinished);
        if (Single && !_scale.AboveZero && series.Before is null && mark == "k1")
        {
            scene.Shapes.Add(new(Paths.Area([.. values.Select(v => v is null ? v : 0)], values, _scale), "wash"));
        }
        scene.Shapes.Add(new(Paths.Line(values, _scale, 0, Math.Min(over, values.Count - 1)), "line " + mark));
        if (Unfinished > 0)
        {
            scene.Shapes.Add(new(Paths.Line(values, _scale, over), "line part " + mark));
        }
        var (x, y, value) = (Paths.Percent(last, Axis.Count), _scale.Y(values[last]!.Value), Formats.Value(values[last], Unit));
        var quiet = series.Kind != SeriesKind.Category;
        if (!quiet)
        {
            scene.Dots.Add(new(x, y, mark.Replace('k', 'f')));
        }
        var text = !Single ? $"{Labels.Short(series.Name)} · {value}" : series.Before is null ? value : Words.Now(value);
        var style = quiet ? "quiet" : "own " + mark.Replace('k', 'i');
        if (x >= 85)
        {
            ends.Add(new(text, 0, y, style, Mark: "line " + mark));
        }
        else
        {
            scene.Labels.Add(new(text, x, y + 4, style + " halo", x > 70 ? "end" : "start", x > 70 ? -8 : 8));
        }
    }

    /// <summary>Where no series has data though there was some before and after.</summary>
    private void DrawGaps(Scene scene)
    {
        foreach (var (from, to) in Gaps(_series, Axis.Count))
        {
            if (100d * (to - from + 1) / Axis.Count >= 6)
            {
                scene.Labels.Add(new(Words.NoData, Paths.Percent(from, Axis.Count) / 2 + Paths.Percent(to, Axis.Count) / 2, (Top + Height) / 2 + 4, "note halo", "middle"));
            }
        }
    }

    internal static IEnumerable<(int From, int To)> Gaps(IReadOnlyList<Series> series, int count)
    {
        var any = Enumerable.Range(0, count).Select(i => series.Any(s => i < s.Values.Count && s.Values[i] is not null)).ToArray();
        for (var i = Array.IndexOf(any, true) + 1; i > 0 && i < Array.LastIndexOf(any, true); i++)
        {
            if (!any[i])
            {
                var from = i;
                while (!any[i])
                {
                    i++;
                }
                yield return (from, i - 1);
            }
        }
    }

    private string Describe()
    {
        var text = Title + ", " + Words.Range(Axis.Names.Count == 0 ? "" : Axis.Names[0], Axis.Names.Count == 0 ? "" : Axis.Names[^1]);
        foreach (var series in _series.Take(6))
        {
            var known = series.Values.OfType<double>().ToArray();
            text += " " + (known.Length == 0 ? Words.NoDataAt(series.Name)
                : Words.FromTo(series.Name, Formats.Value(known[0], Unit), Formats.Value(known[^1], Unit)));
            if (series.Before?.OfType<double>().ToArray() is { Length: > 0 } before)
            {
                text += " " + Words.BeforeFromTo(Formats.Value(before[0], Unit), Formats.Value(before[^1], Unit));
            }
        }
        return text;
    }

    private Reading Read(int at)
    {
        var name = at >= Axis.Count - Unfinished ? Words.SoFar(Axis.Names[at]) : Axis.Names[at];
        var rows = new List<ReadingRow>();
        var dots = new List<Dot>();
        var x = Paths.Percent(at, Axis.Count);
        for (var i = 0; i < _series.Length; i++)
        {
            var value = at < _series[i].Values.Count ? _series[i].Values[at] : null;
            rows.Add(new("line " + _marks[i], _series[i].Name, value is null ? Words.NoData : Formats.Value(value, Unit)));
            if (value is { } known)
            {
                dots.Add(new(x, _scale.Y(known), _marks[i].Replace('k', 'f')));
            }
            if (_series[i].Before is { } before && at < before.Count)
            {
                rows.Add(new("prev", BeforeName ?? Words.BeforeName, before[at] is null ? Words.NoData : Formats.Value(before[at], Unit)));
            }
        }
        if (Whole && !Single)
        {
            rows.Add(new("", Words.Sum, Formats.Value(_series.Sum(s => s.Values[at] ?? 0), Unit)));
        }
        return new(x, name, rows, dots, Sentence(name, at, rows));
    }

    private string Sentence(string name, int at, List<ReadingRow> rows)
    {
        if (!Single)
        {
            return $"{name}: {string.Join(", ", rows.Select(row => $"{row.Name} {row.Value}"))}";
        }
        var (now, before) = (_series[0].Values[at], _series[0].Before?.ElementAtOrDefault(at));
        return now is not { } known ? Words.NoDataAt(name)
            : $"{name}: {Formats.Value(known, Unit)}{(Noun.Length == 0 ? "" : " " + Noun)}"
              + (before is { } then ? ", " + Words.Than(known, then, BeforeName ?? Words.BeforeName) : "");
    }

    public override ChartTable Table() => Ground.Table(Words, Title, Axis, _series, Unit, BeforeName);

    public override string Svg(Palette palette) => SvgPicture.Of(Title, _scene, palette);
}
