namespace Telemetry.Dashboard.Tests.Components.Controls;

public sealed class FilterTests : Shown
{
    private static readonly FilterValue[] Countries = [new("", "unknown", 97, true), new("DE", "Germany", 3942), new("NL", "Netherlands", 1386), new("NZ", "New Zealand", 8)];
    private static readonly Dimension[] Dimensions = [new("country", "Country"), new("php", "PHP version")];
    private IReadOnlyList<Filter>? _changed;

    private static ValueTask<IReadOnlyList<FilterValue>> Find(string dimension, string typed, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<FilterValue>>([.. Countries.Where(value => value.Name.Contains(typed, StringComparison.OrdinalIgnoreCase))]);

    private IRenderedComponent<FilterBar> Draw(params Filter[] filters) => Render<FilterBar>(bar => bar
        .Add(p => p.Filters, filters).Add(p => p.FiltersChanged, changed => _changed = changed).Add(p => p.Dimensions, Dimensions).Add(p => p.Find, Find));

    private static Filter Country(bool not, params int[] values) => new("country", "Country", [.. values.Select(i => Countries[i])], not);

    [Theory]
    [InlineData(new[] { 1 }, "Germany")]
    [InlineData(new[] { 1, 2 }, "Germany or Netherlands")]
    [InlineData(new[] { 1, 2, 3 }, "Germany and 2 more")]
    public void Chip_says_its_values(int[] values, string text) =>
        Assert.Equal(text, Draw(Country(false, values)).Find(".chip .val").TextContent);

    [Fact]
    public void Typing_arrows_space_and_enter_choose()
    {
        var bar = Draw(Country(false, 1));
        bar.Find(".chip > button").Click();
        Assert.Equal(["Germany", "Netherlands", "New Zealand", "unknown"], bar.FindAll("[role=option] .name").Select(Text));
        Assert.Equal("true", bar.FindAll("[role=option]")[0].GetAttribute("aria-selected"));

        var box = bar.Find("[role=combobox]");
        box.Input("ne");
        box.KeyDown("ArrowDown");
        box.KeyDown("ArrowDown");
        Assert.Equal(bar.FindAll("[role=option]")[1].Id, bar.Find("[role=combobox]").GetAttribute("aria-activedescendant"));
        box.KeyDown(" ");
        box.KeyDown("Enter");

        Assert.Equal(["DE", "NZ"], Assert.Single(_changed!).Values.Select(value => value.Key));
    }

    [Fact]
    public void Last_option_is_above_the_first()
    {
        var bar = Draw(Country(false, 1));
        bar.Find(".chip > button").Click();

        bar.Find("[role=combobox]").KeyDown("ArrowUp");

        Assert.Equal(bar.FindAll("[role=option]")[^1].Id, bar.Find("[role=combobox]").GetAttribute("aria-activedescendant"));
    }

    [Fact]
    public void Typed_and_entered_means_the_first_that_is_left()
    {
        var bar = Draw();
        bar.Find(".chip.add > button").Click();
        bar.FindAll(".pop .option")[0].Click();

        bar.Find("[role=combobox]").Input("zea");
        bar.Find("[role=combobox]").KeyDown("Enter");

        Assert.Equal("NZ", Assert.Single(Assert.Single(_changed!).Values).Key);
    }

    [Fact]
    public void Is_not_is_part_of_the_condition()
    {
        var bar = Draw(Country(false, 1));
        bar.Find(".chip > button").Click();
        bar.Find(".pop input[type=checkbox]").Change(true);
        bar.Find(".btn.primary").Click();

        Assert.True(Assert.Single(_changed!).Not);
        Assert.Contains("is not", Text(Draw(Country(true, 1)).Find(".chip")), StringComparison.Ordinal);
    }

    [Fact]
    public void Value_that_is_chosen_stays_in_sight_when_nothing_has_it()
    {
        var bar = Draw(new Filter("php", "PHP", [new("9.9", "9.9", 0)]));
        bar.Find(".chip > button").Click();

        Assert.Equal("9.9", Text(bar.FindAll("[role=option] .name")[0]));
        Assert.Contains("nothing has this value", bar.Find(".chip.is-error").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Backspace")]
    [InlineData("Delete")]
    public void Key_on_a_chip_removes_it(string key)
    {
        var bar = Draw(Country(false, 1), new Filter("php", "PHP version", [new("8.4", "8.4", 5)]));

        bar.Find(".chip > button").KeyDown(key);

        Assert.Equal("php", Assert.Single(_changed!).Dimension);
        JSInterop.VerifyFocusAsyncInvoke();
    }

    [Fact]
    public void Filter_without_values_is_no_filter()
    {
        var bar = Draw(Country(false, 1));
        bar.Find(".chip > button").Click();
        bar.FindAll("[role=option]")[0].Click();
        bar.Find(".btn.primary").Click();

        Assert.Empty(_changed!);
    }

    [Fact]
    public void Answer_to_what_was_typed_before_is_not_shown()
    {
        var slow = new TaskCompletionSource<IReadOnlyList<FilterValue>>();
        var bar = Render<FilterBar>(p => p.Add(b => b.Filters, [Country(false, 1)]).Add(b => b.Dimensions, Dimensions)
            .Add(b => b.Find, (dimension, typed, cancellation) => typed == "n" ? new(slow.Task) : Find(dimension, typed, cancellation)));
        bar.Find(".chip > button").Click();

        var first = bar.Find("[role=combobox]").InputAsync("n");
        bar.Find("[role=combobox]").Input("ze");
        slow.SetResult(Countries);

        Assert.True(first.IsCompleted || !bar.Markup.Contains("Germany</span>", StringComparison.Ordinal));
        Assert.Equal(["New Zealand"], bar.FindAll("[role=option] .name").Select(Text));
    }
}
