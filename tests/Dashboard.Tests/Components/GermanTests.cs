namespace Telemetry.Dashboard.Tests.Components;

public sealed class GermanTests() : Shown("de")
{
    [Fact]
    public void Chart_speaks_german()
    {
        var chart = Render<LineChart>(c => c.Add(p => p.Title, "Aktiv in 7 Tagen").Add(p => p.Axis, Days(2)).Add(p => p.Noun, "Installationen").Add(p => p.BeforeName, "90 Tage zuvor")
            .Add(p => p.Series, [new("Aktiv", Values(10105, 10650)) { Before = Values(9480, 10105) }]));

        Assert.Equal("26. November: 10.650 Installationen, 5,4\u202f% mehr als 90 Tage zuvor", chart.Find("input.reader").GetAttribute("aria-valuetext"));
        Assert.Equal("Punkt für Punkt lesen: Aktiv in 7 Tagen", chart.Find("input.reader").GetAttribute("aria-label"));
        Assert.Contains("beginnt bei 9.000, nicht bei null", chart.Markup, StringComparison.Ordinal);
        Assert.Contains("10.650 jetzt", chart.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void File_has_plain_numbers_in_every_language()
    {
        var chart = Render<LineChart>(c => c.Add(p => p.Title, "Aktiv").Add(p => p.Axis, Days(2)).Add(p => p.Unit, Unit.Share).Add(p => p.Series, [new("Anteil", Values(0.5, 0.125))]));

        Assert.Equal("Tag,Anteil\r\n2026-11-25,0.5\r\n2026-11-26,0.125\r\n", Csv.Of(chart.Instance.Table()));
    }
}
