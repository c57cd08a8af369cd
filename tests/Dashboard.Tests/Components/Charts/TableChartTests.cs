using Microsoft.AspNetCore.Components.Web;

namespace Telemetry.Dashboard.Tests.Components.Charts;

public sealed class TableChartTests : Shown
{
    private static readonly Bar[] Bars =
    [
        new("unknown", 97) { Kind = BarKind.Unknown }, new("Germany", 600, "DE", 500), new("31 more", 103) { Kind = BarKind.Rest }, new("France", 200, "FR"),
    ];

    private static Matrix Platforms => new("Nextcloud", "PHP",
        [new("33", "33"), new("32", "32"), new("31", "31"), new("unknown", Unknown: true)],
        [new("8.1", "8.1"), new("8.2", "8.2"), new("unknown", Unknown: true)],
        [[0, 50, 1], [20, 40, 2], [30, 10, 3], [4, 5, 6]]);

    [Fact]
    public void Bars_start_at_zero_rest_is_after_them_and_unknown_last()
    {
        var list = Render<BarList>(c => c.Add(p => p.Title, "Countries").Add(p => p.Dimension, "Country").Add(p => p.Bars, Bars));

        Assert.Equal(["Germany", "France", "31 more", "unknown"], list.FindAll("th[scope=row]").Select(Text));
        Assert.Equal(["is-rest", "is-unknown"], list.FindAll("tbody tr").Skip(2).Select(row => row.ClassName));
        var widths = list.FindAll("rect").Select(rect => Number(rect, "width")).ToArray();
        Assert.Equal(widths[0] / 3, widths[1], 0.1);
        Assert.All(list.FindAll("rect"), rect => Assert.Equal("0", rect.GetAttribute("x")));
        Assert.Equal(["60.0%", "20.0%", "10.3%", "9.7%"], list.FindAll("td.share").Select(Text));
        Assert.Equal(widths[0] * 500 / 600, Number(list.Find("line"), "x1"), 0.1);
    }

    [Fact]
    public void Pressing_a_bar_selects_and_alt_excludes()
    {
        var selected = new List<Selection>();
        var list = Render<BarList>(c => c.Add(p => p.Title, "Countries").Add(p => p.Dimension, "Country").Add(p => p.Bars, Bars).Add(p => p.OnSelect, selected.Add));

        list.FindAll("button.choice")[0].Click();
        list.FindAll("button.choice")[1].Click(new MouseEventArgs { AltKey = true });
        list.FindAll("button.choice")[1].KeyDown(new KeyboardEventArgs { Key = "Enter", AltKey = true });
        list.FindAll("button.choice")[1].Click(); // which some browsers make of it, and some do not
        list.FindAll("button.choice")[1].KeyUp(new KeyboardEventArgs { Key = "Enter", AltKey = true });
        list.FindAll("button.choice")[1].Click();

        Assert.Equal([new("DE", false), new("FR", true), new("FR", true), new("FR", false)], selected);
        Assert.Equal(2, list.FindAll("button.choice").Count);
    }

    [Fact]
    public void Heat_map_prints_every_number_sums_at_the_edge_and_unknown_grey()
    {
        var map = Render<HeatMap>(c => c.Add(p => p.Title, "Platforms").Add(p => p.Matrix, Platforms));

        Assert.Equal(["0", "50", "1", "51", "20", "40", "2", "62", "30", "10", "3", "43", "4", "5", "6", "15", "54", "105", "12", "171"], map.FindAll("td").Select(Text));
        Assert.Equal("none", map.Find("td").ClassName);
        Assert.Equal(["unknown"], map.FindAll("tbody tr:nth-child(4) td:not(.sum)").Select(cell => cell.ClassName!).Distinct());
        Assert.Equal("q7", map.FindAll("td")[1].ClassName);
    }

    [Fact]
    public void Cohort_that_has_not_come_yet_and_a_field_that_is_not_asked_are_not_zero()
    {
        var matrix = new Matrix("First report", "Months", [new("Oct 26", Size: 203), new("Nov 26", Size: 188)], [new("after 1")], [[0.93], [null]]);

        var cohorts = Render<HeatMap>(c => c.Add(p => p.Title, "Survival").Add(p => p.Matrix, matrix).Add(p => p.Kind, HeatMapKind.Cohorts));
        var coverage = Render<HeatMap>(c => c.Add(p => p.Title, "Coverage").Add(p => p.Matrix, matrix).Add(p => p.Kind, HeatMapKind.Coverage));

        Assert.Equal(["203", "93%", "188", "not yet"], cohorts.FindAll("tbody td").Select(Text));
        Assert.Equal(["93%", "not asked"], coverage.FindAll("td").Select(Text));
    }

    [Fact]
    public void Map_draws_what_has_a_shape_and_lists_all()
    {
        var map = Render<WorldMap>(c => c.Add(p => p.Title, "Installations").Add(p => p.Dimension, "Country").Add(p => p.Noun, "installations").Add(p => p.Shown, 2)
            .Add(p => p.Places, [new("MT", "Malta", 9), new("DE", "Germany", 900), new("NL", "Netherlands", 90), new("FR", "France", 30), new("", "unknown", 7, Kind: BarKind.Unknown)]));

        Assert.Equal(["DE", "NL", "FR"], map.FindAll("use:not(.land)").Select(use => use.GetAttribute("href")!.Split('#')[1]));
        Assert.Equal(["Germany", "Netherlands", "2 more countries", "unknown"], map.FindAll("th[scope=row]").Select(Text));
        Assert.Contains("Germany 900, Netherlands 90", map.Find("svg.map").GetAttribute("aria-label"), StringComparison.Ordinal);

        map.Find("button.btn").Click();

        Assert.Equal(["Germany", "Netherlands", "France", "Malta", "unknown"], map.FindAll("th[scope=row]").Select(Text));
        Assert.Contains("Natural Earth", map.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Timeline_names_its_runs_and_hatches_where_no_report_came()
    {
        var line = Render<Timeline>(c => c.Add(p => p.Title, "5521fa").Add(p => p.Axis, Days(10)).Add(p => p.Lanes, [new("PHP", [new(0, 4, "8.1"), new(4, 6, null), new(6, 10, "8.2")])]));

        Assert.Equal("PHP: 8.1, then no report, then 8.2", line.Find(".lane [role=img]").GetAttribute("aria-label"));
        Assert.Equal(("40%", "20%"), (line.Find("rect.gap").GetAttribute("x"), line.Find("rect.gap").GetAttribute("width")));
        Assert.Equal("26 November: PHP 8.2", line.Find("input.reader").GetAttribute("aria-valuetext"));
        Assert.Equal([["17 November", "8.1"], ["21 November", "no report"], ["23 November", "8.2"]], line.Instance.Table().Rows.Select(row => row.Select(cell => cell.Text)));
    }

    [Fact]
    public void Strip_says_on_how_many_days_a_report_came() =>
        Assert.Equal("2 of 3 days with a report", Render<DayStrip>(c => c.Add(p => p.Days, [DayMark.Report, DayMark.None, DayMark.Refused])).Find("svg").GetAttribute("aria-label"));

    [Fact]
    public void Meter_becomes_a_mark_beyond_its_limit()
    {
        var meter = Render<Meter>(c => c.Add(p => p.Name, "Seats").Add(p => p.Value, 7).Add(p => p.Limit, 5));

        Assert.Equal("Seats: 7 of 5", meter.Find("svg").GetAttribute("aria-label"));
        Assert.Equal("100%", meter.Find(".fill.bad").GetAttribute("width"));
        Assert.Equal("71.43%", meter.Find(".limit").GetAttribute("x1"));
    }

    [Fact]
    public void Spark_is_not_a_mountain_of_noise()
    {
        var flat = Points(Render<Sparkline>(c => c.Add(p => p.Name, "RoomVox").Add(p => p.Values, Values(1000, 1001, 1000))).Find("path").GetAttribute("d")!);
        var steep = Points(Render<Sparkline>(c => c.Add(p => p.Name, "RoomVox").Add(p => p.Values, Values(10, 1000, 10))).Find("path").GetAttribute("d")!);

        Assert.True(flat.Max(p => p.Y) - flat.Min(p => p.Y) < 1);
        Assert.Equal(23, steep.Max(p => p.Y) - steep.Min(p => p.Y), 0.1);
    }
}
