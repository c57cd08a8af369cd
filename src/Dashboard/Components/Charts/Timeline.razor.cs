using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>One installation over time: a lane a property, a block a run of days with one value, hatched where no report came.</summary>
public sealed partial class Timeline : Chart
{
    [Parameter, EditorRequired]
    public Axis Axis { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<Lane> Lanes { get; set; } = [];

    /// <summary>A strip of days under the lanes.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    protected override void OnParametersSet() => Changed();

    /// <summary>A value that comes back has its shade again.</summary>
    private static string Shade(Lane lane, string value) =>
        "r" + (lane.Runs.Select(run => run.Value).OfType<string>().Distinct().TakeWhile(other => other != value).Count() % 3 + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string ValueAt(Lane lane, int day) => lane.Runs.FirstOrDefault(run => run.From <= day && day < run.To)?.Value ?? Words.NoReport;

    private Reading Read(int day)
    {
        var rows = Lanes.Select(lane => new ReadingRow("", lane.Name, ValueAt(lane, day))).ToArray();
        return new(100 * (day + 0.5) / Axis.Count, Axis.Names[day], rows, [], $"{Axis.Names[day]}: {string.Join(", ", rows.Select(row => $"{row.Name} {row.Value}"))}");
    }

    /// <summary>Only the days on which something changed.</summary>
    public override ChartTable Table() => new(Title, [new(Axis.Heading, Numeric: false), .. Lanes.Select(lane => new ChartColumn(lane.Name, Numeric: false))],
        [.. Lanes.SelectMany(lane => lane.Runs.Select(run => run.From)).Distinct().Order().Where(day => day < Axis.Count).Select(IReadOnlyList<Cell> (day) =>
        [
            new(Axis.Names[day], Axis.Keys[day]), .. Lanes.Select(lane => new Cell(ValueAt(lane, day), ValueAt(lane, day))),
        ])]);

    public override string Svg(Palette palette)
    {
        const double line = 34;
        var scene = new Scene(line * Lanes.Count);
        for (var i = 0; i < Lanes.Count; i++)
        {
            scene.Gutter.Add(new(Lanes[i].Name, 0, line * i + 14));
            foreach (var run in Lanes[i].Runs)
            {
                var (from, width) = (100d * run.From / Axis.Count, 100d * (run.To - run.From) / Axis.Count);
                var shade = run.Value is null ? "fu" : Shade(Lanes[i], run.Value) switch { "r1" => "q1", "r2" => "q2", _ => "q3" };
                scene.Boxes.Add(new(from, Math.Max(0.1, width - 0.15), line * i, 28, shade));
                if (run.Value is not null && width > run.Value.Length * 1.1)
                {
                    scene.Labels.Add(new(run.Value, from, line * i + 18, shade, Shift: 8));
                }
            }
        }
        foreach (var tick in Axis.Ticks.Where(tick => tick.Priority < 3))
        {
            var x = 100d * tick.Index / Axis.Count;
            scene.Labels.Add(new(tick.Text, x, line * Lanes.Count + 14, "t1", x < 2 ? "start" : x > 98 ? "end" : "middle"));
        }
        return SvgPicture.Of(Title, scene, palette);
    }
}
