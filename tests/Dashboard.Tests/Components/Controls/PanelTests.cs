using System.Text.RegularExpressions;

namespace Telemetry.Dashboard.Tests.Components.Controls;

public sealed class PanelTests : Shown
{
    private static readonly DateTimeOffset Moment = new(2026, 11, 26, 14, 20, 11, TimeSpan.Zero);

    private IRenderedComponent<Panel> Draw(PanelState state, Action<ComponentParameterCollectionBuilder<Panel>>? more = null) => Render<Panel>(panel =>
    {
        panel.Add(p => p.Title, "Active in 7 days").Add(p => p.State, state).AddChildContent<BarList>(bars => bars
            .Add(c => c.Title, "New, returned and gone").Add(c => c.Dimension, "Country").Add(c => c.Bars, [new Bar("=1+1", 5, Before: 4), new Bar("unknown", 2) { Kind = BarKind.Unknown }]));
        more?.Invoke(panel);
    });

    public static TheoryData<string, string, bool> States => new()
    {
        { nameof(PanelState.Ready), "", true },
        { nameof(PanelState.Loading), "Loading Reading 400 days …", false },
        { nameof(PanelState.EmptyByFilter), "No installation matches PHP is 9.9 leaves none of 4,286. Remove that filter", false },
        { nameof(PanelState.Empty), "No claim was refused in 30 days.", false },
        { nameof(PanelState.Error), "This question was not answered Your filters are kept. Incident 7F2C Ask again", false },
        { nameof(PanelState.Stale), "Figures are of 14:20:11 UTC. Reconnecting in 4 s.", true },
        { nameof(PanelState.Paused), "Paused at 14:20:11 UTC · 12 newer Go on", true },
        { nameof(PanelState.NotAllowed), "Needs scope licenses You are signed in with read.", false },
    };

    private static PanelState Of(string name) => name switch
    {
        nameof(PanelState.Loading) => PanelState.Loading("400 days"),
        nameof(PanelState.EmptyByFilter) => PanelState.EmptyByFilter("PHP is 9.9 leaves none of 4,286."),
        nameof(PanelState.Empty) => PanelState.Empty("No claim was refused in 30 days."),
        nameof(PanelState.Error) => PanelState.Error("Your filters are kept.", "7F2C"),
        nameof(PanelState.Stale) => PanelState.Stale(Moment, TimeSpan.FromSeconds(4)),
        nameof(PanelState.Paused) => PanelState.Paused(Moment, 12),
        nameof(PanelState.NotAllowed) => PanelState.NotAllowed("licenses", "read"),
        _ => PanelState.Ready,
    };

    [Theory]
    [MemberData(nameof(States))]
    public void Every_state_says_what_it_is(string name, string text, bool hasContent)
    {
        var panel = Draw(Of(name));

        Assert.Contains(text, Text(panel.Find("section")).Replace(" .", ".", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(hasContent, panel.FindAll("table.bars").Count == 1);
        Assert.Equal(hasContent, panel.FindAll("header .btn").Count > 0);
    }

    [Fact]
    public void Way_out_is_taken()
    {
        var taken = new List<string>();
        Draw(Of(nameof(PanelState.Error)), panel => panel.Add(p => p.OnRetry, () => taken.Add("again"))).Find(".void button").Click();
        Draw(Of(nameof(PanelState.EmptyByFilter)), panel => panel.Add(p => p.OnUndo, () => taken.Add("undo"))).Find(".void button").Click();
        Draw(Of(nameof(PanelState.Paused)), panel => panel.Add(p => p.OnResume, () => taken.Add("resume"))).Find(".row.apart button").Click();

        Assert.Equal(["again", "undo", "resume"], taken);
    }

    [Fact]
    public void Chart_becomes_its_table_and_comes_back()
    {
        var panel = Draw(PanelState.Ready);

        panel.Find("[aria-label='As a table']").Click();
        Assert.Equal(["=1+1", "5", "71.4%", "4"], panel.FindAll(".tall tbody tr")[0].Children.Select(Text));
        Assert.True(panel.Find(".content").HasAttribute("hidden"));

        panel.Find("[aria-label='As a chart']").Click();
        Assert.Empty(panel.FindAll(".tall"));
        Assert.False(panel.Find(".content").HasAttribute("hidden"));
    }

    [Fact]
    public void Table_follows_the_figures()
    {
        var panel = Draw(PanelState.Ready);
        panel.Find("[aria-label='As a table']").Click();

        panel.Render(p => p.AddChildContent<BarList>(bars => bars.Add(c => c.Title, "New").Add(c => c.Dimension, "Country").Add(c => c.Bars, [new Bar("Germany", 6)])));

        panel.WaitForAssertion(() => Assert.Equal(["Germany", "6", "100.0%"], panel.FindAll(".tall tbody tr")[0].Children.Select(Text)), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(0, "save", "new-returned-and-gone.csv", "Country,Installations,Share,before\r\n'=1+1,5,0.7142857142857143,4\r\nunknown,2,0.2857142857142857,\r\n")]
    [InlineData(1, "save", "new-returned-and-gone.svg", "<svg xmlns=")]
    [InlineData(2, "savePng", "new-returned-and-gone.png", "<svg xmlns=")]
    public void Files_hold_the_figures(int choice, string function, string name, string start)
    {
        var module = JSInterop.SetupModule("./js/files.js");
        module.SetupVoid(function, _ => true).SetVoidResult();
        var panel = Draw(PanelState.Ready);

        panel.FindAll(".pop .option")[choice].Click();

        var call = Assert.Single(module.Invocations[function]);
        Assert.Equal(name, call.Arguments[0]);
        Assert.StartsWith(start, (string)call.Arguments[^1]!, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_cannot_be_saved_is_not_the_end()
    {
        JSInterop.SetupModule("./js/files.js").SetupVoid("savePng", _ => true).SetException(new Microsoft.JSInterop.JSException("no room"));
        var panel = Draw(PanelState.Ready);

        panel.FindAll(".pop .option")[2].Click();

        Assert.Contains("The file was not saved.", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Popovers_name_what_they_close()
    {
        var panel = Draw(PanelState.Ready);
        var id = panel.Find(".pop").Id;

        Assert.Matches(new Regex("^i[0-9]+$"), id!);
        Assert.All(panel.FindAll("[popovertarget]"), button => Assert.Equal(id, button.GetAttribute("popovertarget")));
    }
}
