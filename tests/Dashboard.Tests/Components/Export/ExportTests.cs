using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Telemetry.Dashboard.Tests.Components.Export;

public sealed partial class ExportTests : Shown
{
    private static readonly string Styles = Path.Combine(Root(), "src", "Dashboard", "wwwroot", "css");

    [Fact]
    public void Colors_of_pictures_are_the_tokens()
    {
        var tokens = Token().Matches(File.ReadAllText(Path.Combine(Styles, "tokens.css"))).ToDictionary(match => match.Groups[1].Value, match => (match.Groups[2].Value, match.Groups[3].Value));

        Assert.All(Palette.Light.Colors.Keys.Where(tokens.ContainsKey), name => Assert.Equal(tokens[name], (Palette.Light[name], Palette.Dark[name])));
        Assert.Equal(["q5-ink"], Palette.Light.Colors.Keys.Except(tokens.Keys));
    }

    [Fact]
    public void Components_use_tokens_and_never_a_color()
    {
        foreach (var style in (string[])["base.css", "components.css"])
        {
            var text = Comment().Replace(File.ReadAllText(Path.Combine(Styles, style)), "");

            Assert.DoesNotMatch(@"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)", text);
            Assert.DoesNotContain("light-dark", text, StringComparison.Ordinal);
            Assert.All(Used().Matches(text).Select(match => match.Groups[1].Value).Distinct(), token => Assert.Contains($"--{token}:", File.ReadAllText(Path.Combine(Styles, "tokens.css")), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Picture_is_whole_and_needs_nothing_else()
    {
        foreach (var palette in (Palette[])[Palette.Light, Palette.Dark])
        {
            foreach (var svg in All().Select(chart => chart.Svg(palette)))
            {
                var picture = XDocument.Parse(svg);

                Assert.Equal("svg", picture.Root!.Name.LocalName);
                Assert.Equal("960", picture.Root.Attribute("width")!.Value);
                Assert.Empty(picture.Descendants().Attributes("class"));
                Assert.DoesNotContain("var(--", svg, StringComparison.Ordinal);
                Assert.DoesNotContain("%\"", svg.Replace("100%\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
                Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Picture_prints_the_figures_of_the_page()
    {
        var texts = All().Select(chart => XDocument.Parse(chart.Svg(Palette.Light)).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray()).ToArray();

        Assert.Contains("120 now", texts[0]);
        Assert.Contains("unknown · 5", texts[1]);
        Assert.Contains("new · 4", texts[2]);
        Assert.Contains("7 · 70.0%", texts[3]);
        Assert.Contains("1,234", texts[4]);
        Assert.Contains(texts[5], text => text.StartsWith("If RoomVox needs", StringComparison.Ordinal));
        Assert.Contains("8.1", texts[6]);
    }

    [Fact]
    public void Map_is_a_picture_of_the_shapes_in_its_file()
    {
        var svg = Render<WorldMap>(c => c.Add(p => p.Title, "Where").Add(p => p.Dimension, "Country").Add(p => p.Places, [new("DE", "Germany", 9)])).Instance.Svg(Palette.Light);
        var shapes = XDocument.Load(Path.Combine(Styles, "..", "map", "world.svg")).Descendants().Attributes("id").Select(id => id.Value).ToHashSet();

        Assert.Matches("<use href=\"map/world.svg#DE\" [^>]*/>", svg);
        Assert.Superset(["land", .. Geography.All.Keys], shapes);
        Assert.Equal(Geography.All.Count + 1, shapes.Count);
    }

    [Fact]
    public void Fields_are_quoted_and_formulas_are_not_run()
    {
        var table = new ChartTable("", [new("Name, full", false), new("Count")], [[new("", "say \"no\"\nline"), new("", "-5")], [new("", "@SUM(A1)"), new("", "")]]);

        Assert.Equal("\"Name, full\",Count\r\n\"say \"\"no\"\"\nline\",-5\r\n'@SUM(A1),\r\n", Csv.Of(table));
    }

    [Theory]
    [InlineData("New, returned and gone", "new-returned-and-gone.csv")]
    [InlineData("Aktiv: Österreich?", "aktiv-österreich.csv")]
    [InlineData("../../etc", "etc.csv")]
    public void File_is_named_after_its_chart(string title, string name) => Assert.Equal(name, Files.Name(title, "csv"));

    private IEnumerable<Chart> All()
    {
        Series[] series = [new("8.4", Values(1, 2)), new("unknown", Values(5, 5)) { Kind = SeriesKind.Unknown }];
        var matrix = new Matrix("Nextcloud", "PHP", [new("33", "33"), new("32 & <old>", "32")], [new("8.1", "8.1"), new("8.2", "8.2")], [[0, 1234], [7, 8]]);
        yield return Render<LineChart>(c => c.Add(p => p.Title, "Line & <more>").Add(p => p.Axis, Days(2)).Add(p => p.Series, [new("Active", Values(100, 120)) { Before = Values(90, 100) }]).Add(p => p.Notes, [new(1, "1.7.0")])).Instance;
        yield return Render<AreaChart>(c => c.Add(p => p.Title, "Area").Add(p => p.Axis, Days(2)).Add(p => p.Series, series)).Instance;
        yield return Render<ColumnChart>(c => c.Add(p => p.Title, "Columns").Add(p => p.Axis, Days(2)).Add(p => p.Gains, [new("new", Values(3, 4))]).Add(p => p.Losses, [new("gone", Values(1, 2))]).Add(p => p.Unfinished, 1)).Instance;
        yield return Render<BarList>(c => c.Add(p => p.Title, "Bars").Add(p => p.Dimension, "PHP").Add(p => p.Bars, [new("8.4", 7, Before: 5), new("unknown", 3) { Kind = BarKind.Unknown }])).Instance;
        yield return Render<HeatMap>(c => c.Add(p => p.Title, "Heat").Add(p => p.Matrix, matrix)).Instance;
        yield return Render<WhatIf>(c => c.Add(p => p.Title, "What if").Add(p => p.App, "RoomVox").Add(p => p.Matrix, matrix).Add(p => p.Cut, new Cut("8.2"))).Instance;
        yield return Render<Timeline>(c => c.Add(p => p.Title, "Timeline").Add(p => p.Axis, Days(10)).Add(p => p.Lanes, [new("PHP", [new(0, 6, "8.1"), new(6, 10, null)])])).Instance;
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Telemetry.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        }
        return folder;
    }

    [GeneratedRegex(@"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")]
    private static partial Regex Token();

    [GeneratedRegex(@"var\(--([a-z0-9-]+)\)")]
    private static partial Regex Used();

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
