namespace Telemetry.Cli.Tests;

public sealed class TextTableTests
{
    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_numbers_flush_right()
    {
        var table = new TextTable(new TableColumn("NAME"), TableColumn.Number("COUNT"), TableColumn.Bar());
        table.Add("a longer one", TableCell.Count(1_234_567), TableCell.Bar(2, 2));
        table.Add("b", TableCell.Count(null), TableCell.Bar(0, 2));

        Assert.Equal(
            [
                "NAME              COUNT",
                "a longer one  1,234,567  ████████████████████████",
                "b                     -",
            ],
            table.Lines());
    }

    [Fact]
    public void CSV_has_numbers_as_programs_read_them_and_no_bars()
    {
        var table = new TextTable(new TableColumn("MY FIELD"), TableColumn.Number("SHARE", "part"), TableColumn.Bar());
        table.Add("with, comma and \"quotes\"", TableCell.Share(1 / 3.0), TableCell.Bar(1, 1));

        Assert.Equal(["my_field,part\r", "\"with, comma and \"\"quotes\"\"\",0.3333333333333333\r"], table.Csv());
    }

    [Theory]
    [InlineData(120, 100.0, "+20.0 %")]
    [InlineData(80, 100.0, "-20.0 %")]
    [InlineData(100, 100.0, "0.0 %")]
    [InlineData(5, 0.0, "-")]
    [InlineData(5, null, "-")]
    public void A_change_says_its_direction(double now, double? before, string expected) =>
        Assert.Equal(expected, TableCell.Change(now, before).Text);

    [Fact]
    public void What_is_not_known_is_hatched_and_what_is_small_can_still_be_seen()
    {
        Assert.Equal("░", TableCell.Bar(1, 1_000, isUnknown: true).Text);
        Assert.Equal("", TableCell.Bar(double.NaN, 10).Text);
    }
}
