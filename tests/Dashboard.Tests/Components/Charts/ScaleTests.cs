namespace Telemetry.Dashboard.Tests.Components.Charts;

public sealed class ScaleTests
{
    [Theory]
    [InlineData(0, 10650, 12000)]
    [InlineData(0, 1554, 2000)]
    [InlineData(0, 34, 40)]
    [InlineData(0, 7, 8)]
    public void Grid_lines_are_few_and_round(double least, double most, double high)
    {
        var scale = Scale.For(least, most, Unit.Count, 0, 100, false);

        Assert.Equal(high, scale.High);
        Assert.InRange(scale.Ticks.Count, 3, 5);
        Assert.Equal(0, scale.Ticks[0]);
    }

    [Fact]
    public void Counts_have_no_half_lines()
    {
        for (var most = 0; most < 300; most++)
        {
            Assert.All(Scale.For(0, most, Unit.Count, 0, 100, false).Ticks, tick => Assert.Equal(Math.Round(tick), tick));
        }
    }

    [Fact]
    public void Every_value_lies_within_the_plot()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var least = Math.Pow(10, random.NextDouble() * 7) - 1;
            var most = least + Math.Pow(10, random.NextDouble() * 6) - 1;
            var scale = Scale.For(Math.Round(least), Math.Round(most), Unit.Count, 10, 200);

            Assert.InRange(scale.Y(Math.Round(least)), 10, 200.001);
            Assert.InRange(scale.Y(Math.Round(most)), 9.999, 200.001);
            Assert.InRange(scale.Ticks.Count, 2, 5);
        }
    }

    [Fact]
    public void Shares_end_at_all() => Assert.Equal(1, Scale.For(0, 0.93, Unit.Share, 0, 100, false).High);

    [Fact]
    public void Lines_high_above_zero_start_above_it_unless_told_otherwise()
    {
        Assert.Equal(9000, Scale.For(9480, 10650, Unit.Count, 0, 100).Low);
        Assert.Equal(0, Scale.For(9480, 10650, Unit.Count, 0, 100, false).Low);
        Assert.Equal(0, Scale.For(3000, 10650, Unit.Count, 0, 100).Low);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3942)]
    [InlineData(1_000_000)]
    public void Steps_rise_and_the_most_takes_the_strongest(double most)
    {
        foreach (var steps in (Steps[])[Steps.Counts(most), Steps.Ratios(most)])
        {
            Assert.Equal(steps.Limits.Order().Distinct(), steps.Limits);
            Assert.Equal(0, steps.Of(0));
            Assert.True(most == 0 || steps.Of(most) == 7);
        }
    }
}
