namespace Telemetry.Dashboard.Tests.Components.Charts;

public sealed class LineChartTests : Shown
{
    private IRenderedComponent<LineChart> Draw(Series series, int unfinished = 0, bool? aboveZero = false) => Render<LineChart>(chart => chart
        .Add(c => c.Title, "Active in 7 days").Add(c => c.Axis, Days(series.Values.Count)).Add(c => c.Series, [series])
        .Add(c => c.Noun, "installations").Add(c => c.BeforeName, "90 days before").Add(c => c.Unfinished, unfinished).Add(c => c.AboveZero, aboveZero));

    [Fact]
    public void Points_lie_where_the_values_are()
    {
        var chart = Draw(new("Active", Values(0, 50, 100)));

        var points = Points(chart.Find("path.line").GetAttribute("d")!);
        Assert.Equal([0, 500, 1000], points.Select(p => p.X));
        Assert.Equal(240, points[0].Y);
        Assert.Equal((points[0].Y + points[2].Y) / 2, points[1].Y, 0.1);
    }

    [Fact]
    public void No_data_breaks_the_line_and_says_so()
    {
        var chart = Draw(new("Active", Values(5, 6, null, null, 7, 8)));

        var path = chart.Find("path.line").GetAttribute("d")!;
        Assert.Equal(2, path.Count(letter => letter == 'M'));
        Assert.Equal(4, Points(path).Length);
        Assert.Contains(chart.FindAll("text.note"), text => text.TextContent == "no data");
    }

    [Fact]
    public void Lone_day_between_gaps_is_still_drawn() => Assert.Contains("h0", Draw(new("Active", Values(5, null, 6, null, 7))).Find("path.line").GetAttribute("d"), StringComparison.Ordinal);

    [Fact]
    public void Unfinished_stretch_is_dashed_and_the_rest_is_not()
    {
        var chart = Draw(new("Active", Values(1, 2, 3, 4)), unfinished: 1);

        Assert.Equal(3, Points(chart.Find("path.line:not(.part)").GetAttribute("d")!).Length);
        Assert.Equal(2, Points(chart.Find("path.part").GetAttribute("d")!).Length);
    }

    [Fact]
    public void Base_above_zero_is_dotted_says_so_and_nothing_is_filled()
    {
        var high = Draw(new("Active", Values(9480, 10650)), aboveZero: null);
        var low = Draw(new("Active", Values(9480, 10650)), aboveZero: false);

        Assert.Contains("starts at 9,000, not at zero", high.Markup, StringComparison.Ordinal);
        Assert.NotEmpty(high.FindAll("line.cut"));
        Assert.Empty(high.FindAll("path.wash"));
        Assert.NotEmpty(low.FindAll("path.wash"));
        Assert.NotEmpty(low.FindAll("line.base"));
    }

    [Fact]
    public void Reader_says_the_point_and_the_comparison()
    {
        var chart = Draw(new("Active", Values(100, 120)) { Before = Values(80, 100) }, unfinished: 1);

        var reader = chart.Find("input.reader");
        Assert.Equal("Read point by point: Active in 7 days", reader.GetAttribute("aria-label"));
        Assert.Equal("26 November, so far: 120 installations, 20.0% more than 90 days before", reader.GetAttribute("aria-valuetext"));

        reader.Input("0");

        Assert.Equal("25 November: 100 installations, 25.0% more than 90 days before", chart.Find("input.reader").GetAttribute("aria-valuetext"));
        Assert.Equal(["Active", "100", "90 days before", "80"], chart.FindAll(".tip > span, .tip > b:not(:first-child)").Select(Text));
    }

    [Fact]
    public void Page_key_moves_a_week_whatever_the_browser_makes_of_it()
    {
        var chart = Draw(new("Active", [.. Enumerable.Range(0, 90).Select(i => (double?)i)]));

        var reader = chart.Find("input.reader");
        reader.KeyDown("PageDown");
        reader.Input("80");

        Assert.StartsWith("19 November: 82 ", chart.Find("input.reader").GetAttribute("aria-valuetext"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pointer_over_a_band_reads_the_same_as_the_keys()
    {
        var chart = Draw(new("Active", Values(100, null, 120)));

        chart.FindAll(".bands rect")[1].TriggerEvent("onpointerenter", new Microsoft.AspNetCore.Components.Web.PointerEventArgs());

        Assert.Equal("25 November", chart.Find(".tip > b").TextContent);
        Assert.Contains("no data", Text(chart.Find(".tip")), StringComparison.Ordinal);
        Assert.Equal("50%", chart.Find(".reading line").GetAttribute("x1"));
    }

    [Fact]
    public void Bands_cover_the_plot_without_gaps()
    {
        var bands = Draw(new("Active", [.. Enumerable.Range(0, 90).Select(i => (double?)i)])).FindAll(".bands rect");

        Assert.Equal(0, Number(bands[0], "x"));
        for (var i = 1; i < bands.Count; i++)
        {
            Assert.Equal(Number(bands[i - 1], "x") + Number(bands[i - 1], "width"), Number(bands[i], "x"), 0.02);
        }
        Assert.Equal(100, Number(bands[^1], "x") + Number(bands[^1], "width"), 0.02);
    }

    [Fact]
    public void Name_is_a_sentence_with_the_figures()
    {
        var name = Draw(new("Active", Values(10105, 10650)) { Before = Values(9480, 10105) }).Find("[role=img]").GetAttribute("aria-label");

        Assert.Equal("Active in 7 days, 25 November to 26 November. Active from 10,105 to 10,650. The period before went from 9,480 to 10,105.", name);
    }

    [Fact]
    public void Labels_at_the_end_do_not_touch_and_keep_their_order()
    {
        var chart = Render<LineChart>(c => c.Add(p => p.Title, "PHP").Add(p => p.Axis, Days(2))
            .Add(p => p.Series, [.. Enumerable.Range(1, 6).Select(i => new Series($"8.{i}", Values(50, 50 + i))), new("unknown", Values(1, 2)) { Kind = SeriesKind.Unknown }]));

        var labels = chart.FindAll(".ends text").Select(text => (Y: Number(text, "y"), text.TextContent)).OrderBy(label => label.Y).ToArray();
        Assert.Equal(["8.6 · 56", "8.5 · 55", "8.4 · 54", "8.3 · 53", "8.2 · 52", "8.1 · 51", "unknown · 2"], labels.Select(label => label.TextContent));
        Assert.All(labels.Zip(labels.Skip(1)), pair => Assert.True(pair.Second.Y - pair.First.Y >= 13.5));
    }

    [Fact]
    public void Colors_follow_the_order_unknown_has_none_and_a_given_color_stays()
    {
        Assert.Equal(["k1", "k4", "k2", "kr", "kc", "ku"], LineChart.Marks(
            [new("a", []), new("b", []) { Color = 4 }, new("c", []), new("rest", []) { Kind = SeriesKind.Rest }, new("old", []) { Kind = SeriesKind.Context }, new("unknown", []) { Kind = SeriesKind.Unknown }]));
    }

    [Fact]
    public void Series_that_ends_early_is_labelled_where_it_ends()
    {
        var chart = Draw(new("1.7.0", Values(10, 20, null, null, null)));

        Assert.Empty(chart.FindAll(".ends text"));
        Assert.Contains(chart.FindAll("text.own"), text => text.TextContent == "20");
        Assert.DoesNotContain(chart.FindAll("text.note"), text => text.TextContent == "no data");
    }

    [Fact]
    public void Table_has_every_figure_and_no_data_is_empty_in_the_file()
    {
        var table = Draw(new("Active", Values(1000, null)) { Before = Values(1, 2) }).Instance.Table();

        Assert.Equal(["Day", "Active", "Active, 90 days before"], table.Columns.Select(column => column.Name));
        Assert.Equal(["25 November", "1,000", "1"], table.Rows[0].Select(cell => cell.Text));
        Assert.Equal(["2026-11-26", "", "2"], table.Rows[1].Select(cell => cell.Raw));
    }

    [Fact]
    public void Chart_without_any_data_is_drawn_all_the_same()
    {
        var chart = Draw(new("Active", Values(null, null)));

        Assert.Contains("no data", chart.Find("[role=img]").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Equal("26 November: no data", chart.Find("input.reader").GetAttribute("aria-valuetext"));
    }
}
