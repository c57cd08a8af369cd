namespace Telemetry.Dashboard.Tests.Components.Charts;

public sealed class WhatIfTests : Shown
{
    private static readonly Matrix Platforms = new("Nextcloud", "PHP",
        [new("33", "33"), new("32", "32"), new("31", "31"), new("unknown", Unknown: true)],
        [new("8.1", "8.1"), new("8.2", "8.2"), new("8.3", "8.3"), new("unknown", Unknown: true)],
        [[0, 50, 70, 1], [20, 40, 60, 2], [30, 10, 5, 3], [4, 5, 6, 7]]);

    private readonly List<Cut> _cuts = [];

    private IRenderedComponent<WhatIf> Draw(Cut cut) => Render<WhatIf>(c => c.Add(p => p.Title, "RoomVox").Add(p => p.App, "RoomVox").Add(p => p.Matrix, Platforms)
        .Add(p => p.People, Platforms).Add(p => p.Cut, cut).Add(p => p.CutChanged, _cuts.Add));

    [Theory]
    [InlineData(null, null, 0, 0, 0, 0, 0, 0)]
    [InlineData("8.2", null, 54, 54, 0, 0, 0, 13)]
    [InlineData(null, "32", 48, 0, 48, 0, 0, 22)]
    [InlineData("8.2", "32", 72, 20, 15, 30, 7, 21)]
    public void Left_behind_are_those_known_to_be_too_old(string? column, string? row, double left, double onlyColumn, double onlyRow, double both, double partly, double unsure) =>
        Assert.Equal(new CutResult(left, 313, onlyColumn, onlyRow, both, partly, unsure), CutResult.Find(Platforms, new(column, row)));

    [Fact]
    public void Sentence_names_installations_share_people_and_the_unsure()
    {
        var sentence = Text(Draw(new("8.2", "32")).Find("[role=status]"));

        Assert.Equal("If RoomVox needs PHP 8.2 and Nextcloud 32, 72 of 313 installations (23.0%) and about 72 people are left behind. 21 more (6.7%) do not say enough to tell.", sentence);
    }

    [Fact]
    public void Cells_left_behind_are_striped_and_say_so()
    {
        var matrix = Draw(new("8.2", "32"));

        Assert.Equal(7, matrix.FindAll("td.left").Count);
        Assert.Equal(6, matrix.FindAll("td.left .sr").Count);
        Assert.Equal(["8.1"], matrix.FindAll(".names .out").Take(1).Select(Text));
        Assert.Equal("8.2; drops 8.1: 54 installations", matrix.FindAll("input.range")[0].GetAttribute("aria-valuetext"));
        Assert.Equal("32; drops 31: 48 installations", matrix.FindAll("input.range")[1].GetAttribute("aria-valuetext"));
    }

    [Fact]
    public async Task Table_follows_at_once_and_the_sentence_when_the_hand_rests()
    {
        var matrix = Draw(new());
        Assert.StartsWith("Nothing is dropped", Text(matrix.Find("[role=status]")), StringComparison.Ordinal);

        var moves = new[] { matrix.FindAll("input.range")[0].InputAsync("1"), matrix.FindAll("input.range")[0].InputAsync("2") };
        Assert.Equal(8, matrix.FindAll("td.left").Count);
        Assert.StartsWith("Nothing is dropped", Text(matrix.Find("[role=status]")), StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromMilliseconds(200));
        await Task.WhenAll(moves);

        Assert.StartsWith("If RoomVox needs PHP 8.3, 159 of 313", Text(matrix.Find("[role=status]")), StringComparison.Ordinal);
        Assert.Equal([new Cut("8.3")], _cuts);
    }

    [Fact]
    public async Task Version_in_the_head_sets_the_line_and_lifts_it()
    {
        var matrix = Draw(new("8.2"));
        var button = matrix.Find("thead button[aria-pressed=true]");
        Assert.Equal("Require PHP 8.2", button.GetAttribute("aria-label"));

        var press = button.ClickAsync(new());
        Clock.Advance(TimeSpan.FromMilliseconds(200));
        await press;

        Assert.Empty(matrix.FindAll("td.left"));
        Assert.Equal([new Cut()], _cuts);
    }

    [Fact]
    public async Task Line_can_be_dragged_over_the_table()
    {
        var matrix = Draw(new("8.2"));

        matrix.Find("td.edge-l").TriggerEvent("onpointerdown", new Microsoft.AspNetCore.Components.Web.PointerEventArgs());
        var drag = matrix.FindAll("tbody tr:first-child td")[2].TriggerEventAsync("onpointerenter", new Microsoft.AspNetCore.Components.Web.PointerEventArgs());
        Clock.Advance(TimeSpan.FromMilliseconds(200));
        await drag;

        Assert.Equal([new Cut("8.3")], _cuts);
    }
}
