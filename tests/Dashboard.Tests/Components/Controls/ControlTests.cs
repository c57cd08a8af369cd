namespace Telemetry.Dashboard.Tests.Components.Controls;

public sealed class ControlTests : Shown
{
    private sealed record Row(string Id, double? People);

    private static readonly Row[] Rows = [new("b", 5), new("a", null), new("c", 9)];

    private static readonly Column<Row>[] Columns =
    [
        new("Installation") { Sort = "id", Value = row => row.Id, Href = row => $"installations/{row.Id}" },
        new("People") { Sort = "people", Value = row => row.People, Numeric = true },
        new("Claim") { Text = _ => "community" },
    ];

    private IRenderedComponent<DataTable<Row>> Draw(Action<ComponentParameterCollectionBuilder<DataTable<Row>>>? more = null) => Render<DataTable<Row>>(table =>
    {
        table.Add(p => p.Name, "Installations").Add(p => p.Rows, Rows).Add(p => p.Columns, Columns);
        more?.Invoke(table);
    });

    [Fact]
    public void Unknown_sorts_last_both_ways_and_the_sort_is_announced()
    {
        var table = Draw(t => t.Add(p => p.Order, new SortOrder("people")));
        Assert.Equal(["b", "c", "a"], table.FindAll("th[scope=row]").Select(Text));
        Assert.Equal("ascending", table.FindAll("th[scope=col]")[1].GetAttribute("aria-sort"));

        table.FindAll("thead button")[1].Click();

        Assert.Equal(["c", "b", "a"], table.FindAll("th[scope=row]").Select(Text));
        Assert.Equal([null, "descending", null], table.FindAll("th[scope=col]").Select(column => column.GetAttribute("aria-sort")));
        Assert.Equal("Sorted by People, largest first, unknown last", table.Find("[role=status]").TextContent);
    }

    [Fact]
    public void Numbers_begin_with_the_largest_and_names_with_the_first()
    {
        var orders = new List<SortOrder>();
        var table = Draw(t => t.Add(p => p.OrderChanged, orders.Add));

        table.FindAll("thead button")[1].Click();
        table.FindAll("thead button")[0].Click();

        Assert.Equal([new("people", true), new("id")], orders);
        Assert.Equal(["b", "a", "c"], table.FindAll("th[scope=row]").Select(Text));
    }

    [Fact]
    public void Row_header_is_the_link_and_unknown_is_a_word()
    {
        var table = Draw();

        Assert.Equal("installations/b", table.Find("th[scope=row] a").GetAttribute("href"));
        Assert.Equal("unknown", table.FindAll("td.n")[1].TextContent.Trim());
        Assert.Empty(table.FindAll("thead th:last-child button"));
    }

    [Fact]
    public void Paging_says_where_it_is_and_what_is_newer()
    {
        var pages = new List<int>();
        var anew = 0;
        var table = Draw(t => t.Add(p => p.Total, 11208).Add(p => p.First, 1).Add(p => p.Newer, 6).Add(p => p.OnPage, pages.Add).Add(p => p.OnReadAnew, () => anew++));

        Assert.Equal("1 to 3 of 11,208 6 newer reports are not in this list. Read anew", Text(table.Find(".pager > span")));
        table.FindAll(".pager .btn")[0].Click();
        table.FindAll(".pager .btn")[1].Click();
        table.Find(".as-link").Click();

        Assert.Equal(([1], 1), (pages, anew));
    }

    [Fact]
    public void Disabled_button_can_be_found_and_does_nothing()
    {
        var pressed = 0;
        var button = Render<Button>(b => b.Add(p => p.Disabled, true).Add(p => p.OnPress, () => pressed++).AddChildContent("Revoke"));

        button.Find("button").Click();

        Assert.Equal((0, "true", false), (pressed, button.Find("button").GetAttribute("aria-disabled"), button.Find("button").HasAttribute("disabled")));
    }

    [Fact]
    public void Change_is_colored_only_where_a_way_is_good()
    {
        Assert.Equal("delta", Render<Change>(c => c.Add(p => p.Now, 11).Add(p => p.Before, 10)).Find("span").ClassName);
        Assert.Equal("delta bad", Render<Change>(c => c.Add(p => p.Now, 11).Add(p => p.Before, 10).Add(p => p.MoreIsGood, false)).Find("span").ClassName);
        Assert.Equal("delta good", Render<Change>(c => c.Add(p => p.Now, 9).Add(p => p.Before, 10).Add(p => p.MoreIsGood, false)).Find("span").ClassName);
        Assert.Equal("delta", Render<Change>(c => c.Add(p => p.Now, 10).Add(p => p.Before, 10).Add(p => p.MoreIsGood, false)).Find("span").ClassName);
    }

    [Fact]
    public void Tip_is_described_and_put_away_by_escape()
    {
        var tip = Render<Tip>(t => t.Add(p => p.Text, "Of all apps.").AddChildContent("10,650"));

        Assert.Equal(tip.Find("[role=tooltip]").Id, tip.Find("button").GetAttribute("aria-describedby"));
        tip.Find("button").KeyDown("Escape");
        Assert.Contains("is-away", tip.Find(".tip-host").ClassName, StringComparison.Ordinal);
        tip.Find(".tip-host").TriggerEvent("onfocusout", new Microsoft.AspNetCore.Components.Web.FocusEventArgs());
        Assert.DoesNotContain("is-away", tip.Find(".tip-host").ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public void Field_names_its_control_its_help_and_what_is_wrong()
    {
        var field = Render<Field>(f => f.Add(p => p.Name, "Ends").Add(p => p.Help, "In UTC.").Add(p => p.Wrong, "Write a date as 2027-11-30.")
            .Add<FieldIds>(p => p.ChildContent, ids => $"<input id=\"{ids.Id}\" aria-invalid=\"{ids.Invalid}\" aria-describedby=\"{ids.DescribedBy}\">"));

        var input = field.Find("input");
        Assert.Equal(input.Id, field.Find("label").GetAttribute("for"));
        Assert.Equal("true", input.GetAttribute("aria-invalid"));
        Assert.Equal(["Write a date as 2027-11-30.", "In UTC."], input.GetAttribute("aria-describedby")!.Split(' ').Select(id => Text(field.Find("#" + id))));
    }

    [Fact]
    public void Danger_needs_its_word_typed()
    {
        var confirmed = 0;
        var confirm = Render<Confirm>(c => c.Add(p => p.Title, "Revoke?").Add(p => p.Type, "C-1042").Add(p => p.Verb, "Revoke license").Add(p => p.Open, true)
            .Add(p => p.OnConfirm, () => confirmed++).AddChildContent("7 installations lose it."));

        confirm.Find(".btn.danger").Click();
        Assert.Equal(0, confirmed);
        confirm.Find("input").Input("C-1042");
        confirm.Find(".btn.danger").Click();

        Assert.Equal(1, confirmed);
    }

    [Fact]
    public void Figure_explains_itself_and_compares()
    {
        var figure = Render<Figure>(f => f.Add(p => p.Name, "Active in 7 days").Add(p => p.Value, "10,650").Add(p => p.Now, 10650).Add(p => p.Before, 10105)
            .Add(p => p.Sub, "vs 90 days before").Add(p => p.Explanation, "Of all apps, up to 26 Nov."));

        Assert.Equal("+5.4% vs 90 days before", Text(figure.Find(".sub")));
        Assert.Equal("Of all apps, up to 26 Nov.", figure.Find("[role=tooltip]").TextContent);
        Assert.Equal("10,650", figure.Find("button.big").TextContent);
    }

    [Fact]
    public void Answer_stands_out_of_its_sentence() =>
        Assert.Equal(["10,650 installations"], Render<Said>(s => s.Add(p => p.Text, "**10,650 installations** reported.")).FindAll("b").Select(Text));

    [Fact]
    public void Every_icon_can_be_drawn() =>
        Assert.All(Icons.All, icon => Assert.Matches("^M[-MmLlHhVvAaCcSsZz0-9., ]+$", icon.Value));
}
