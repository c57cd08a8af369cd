namespace Telemetry.Dashboard.Tests.Components.Charts;

public sealed class ColumnAndAreaTests : Shown
{
    [Fact]
    public void Gains_lie_above_and_losses_below_in_one_scale()
    {
        var chart = Render<ColumnChart>(c => c.Add(p => p.Title, "Growth").Add(p => p.Axis, Days(2)).Add(p => p.Height, 140)
            .Add(p => p.Gains, [new("new", Values(60, 40)), new("returned", Values(20, 0))]).Add(p => p.Losses, [new("gone", Values(60, 10))]));

        var zero = Number(chart.Find("line.base"), "y1");
        var (gain, loss) = (chart.Find("rect.bar"), chart.Find("rect.fr"));
        Assert.Equal(zero, Number(gain, "y") + Number(gain, "height"), 0.1);
        Assert.Equal(zero + 1, Number(loss, "y"), 0.1);
        Assert.Equal(Number(gain, "height"), Number(loss, "height") + 1, 0.1);
        Assert.Equal("26 November: new 40, returned 0, gone 10, net +30", chart.Find("input.reader").GetAttribute("aria-valuetext"));
    }

    [Fact]
    public void Heights_are_as_the_counts()
    {
        var chart = Render<ColumnChart>(c => c.Add(p => p.Title, "Reports").Add(p => p.Axis, Days(3)).Add(p => p.Noun, "reports")
            .Add(p => p.Gains, [new("Reports", Values(10, 20, 40))]).Add(p => p.Exceptional, new Note(2, "a bad day")));

        var heights = chart.FindAll("rect.bar, rect.f2").Select(rect => Number(rect, "height")).ToArray();
        Assert.Equal(heights[0] * 2, heights[1], 0.1);
        Assert.Equal(heights[0] * 4, heights[2], 0.1);
        Assert.Contains("a bad day", chart.Find("[role=img]").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Single(chart.FindAll("rect.f2"));
    }

    [Fact]
    public void Layers_add_up_and_unknown_lies_lowest_and_hatched()
    {
        var chart = Render<AreaChart>(c => c.Add(p => p.Title, "PHP").Add(p => p.Axis, Days(2)).Add(p => p.Height, 200)
            .Add(p => p.Series, [new("unknown", Values(10, 10)) { Kind = SeriesKind.Unknown }, new("8.4", Values(30, 50)), new("8.3", Values(60, 40))]));

        var hatched = Points(chart.Find("path.fu").GetAttribute("d")!);
        var newest = Points(chart.Find("path.f1").GetAttribute("d")!);
        Assert.Equal(200, hatched.Max(p => p.Y));
        Assert.Equal(14, newest.Min(p => p.Y), 0.1);
        Assert.True(newest.Max(p => p.Y) < hatched.Min(p => p.Y));
        Assert.Equal("26 November: 8.4 50, 8.3 40, unknown 10, all 100", chart.Find("input.reader").GetAttribute("aria-valuetext"));
    }

    [Fact]
    public void Day_without_data_breaks_all_layers()
    {
        var chart = Render<AreaChart>(c => c.Add(p => p.Title, "PHP").Add(p => p.Axis, Days(5)).Add(p => p.Series, [new("8.4", Values(1, 1, null, 1, 1)), new("8.3", Values(1, 1, null, 1, 1))]));

        Assert.All(chart.FindAll("path.layer"), layer => Assert.Equal(2, layer.GetAttribute("d")!.Count(letter => letter == 'M')));
    }
}
