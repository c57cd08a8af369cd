namespace Telemetry.Dashboard.Tests.Components;

public sealed class FormatsTests
{
    private static readonly Formats En = Formats.English, De = Formats.German;

    [Theory]
    [InlineData(0, "0", "0")]
    [InlineData(999, "999", "999")]
    [InlineData(10650, "10,650", "10.650")]
    [InlineData(1243017, "1,243,017", "1.243.017")]
    [InlineData(-20, "−20", "−20")]
    [InlineData(-0.2, "0", "0")]
    public void Count_has_groups_and_a_true_minus(double value, string english, string german) =>
        Assert.Equal((english, german), (En.Count(value), De.Count(value)));

    [Fact]
    public void Unknown_is_a_word_and_never_zero() =>
        Assert.Equal(("unknown", "unbekannt", "unknown", "unknown"), (En.Count(null), De.Count(null), En.Share(null), En.Large(null)));

    [Theory]
    [InlineData(9999, "9,999", "9.999")]
    [InlineData(999_499, "999,499", "999.499")]
    [InlineData(999_500, "1.00 M", "1,00 Mio.")]
    [InlineData(1_243_017, "1.24 M", "1,24 Mio.")]
    [InlineData(12_430_170, "12.4 M", "12,4 Mio.")]
    [InlineData(999_499_999, "999 M", "999 Mio.")]
    [InlineData(1_500_000_000, "1.50 B", "1,50 Mrd.")]
    public void Large_number_keeps_three_digits(double value, string english, string german) =>
        Assert.Equal((english, german), (En.Large(value), De.Large(value)));

    [Theory]
    [InlineData(0, "0.0%", "0,0\u202f%")]
    [InlineData(0.0004, "<0.1%", "<0,1\u202f%")]
    [InlineData(0.001, "0.1%", "0,1\u202f%")]
    [InlineData(0.172, "17.2%", "17,2\u202f%")]
    [InlineData(0.9996, ">99.9%", ">99,9\u202f%")]
    [InlineData(1, "100.0%", "100,0\u202f%")]
    [InlineData(double.NaN, "–", "–")]
    public void Share_says_when_it_is_not_quite_nothing_or_all(double part, string english, string german) =>
        Assert.Equal((english, german), (En.Share(part), De.Share(part)));

    [Fact]
    public void Share_of_nothing_is_nothing_to_measure() => Assert.Equal("–", En.Share(0, 0));

    [Theory]
    [InlineData(10650, 10105, "+5.4%", "+5,4\u202f%")]
    [InlineData(987, 1000, "−1.3%", "−1,3\u202f%")]
    [InlineData(1000, 1000, "±0.0%", "±0,0\u202f%")]
    [InlineData(100_001, 100_000, "±0.0%", "±0,0\u202f%")]
    [InlineData(5, 0, "new", "neu")]
    [InlineData(0, 0, "±0.0%", "±0,0\u202f%")]
    [InlineData(0, 8, "−100.0%", "−100,0\u202f%")]
    public void Change_has_its_sign_and_against_zero_is_new(double now, double before, string english, string german) =>
        Assert.Equal((english, german), (En.Change(now, before), De.Change(now, before)));

    [Fact]
    public void Change_of_something_unknown_is_unknown() => Assert.Equal("unknown", En.Change(5, null));

    [Theory]
    [InlineData(1, "1 Jan 2026", "1. Jan. 2026")]
    [InlineData(3, "1 Mar 2026", "1. März 2026")]
    [InlineData(5, "1 May 2026", "1. Mai 2026")]
    [InlineData(11, "1 Nov 2026", "1. Nov. 2026")]
    public void Day_is_written_as_the_language_does(int month, string english, string german) =>
        Assert.Equal((english, german), (En.Day(new(2026, month, 1)), De.Day(new(2026, month, 1))));

    [Fact]
    public void Day_is_spoken_with_its_whole_month() =>
        Assert.Equal(("25 October", "25. Oktober"), (En.LongDay(new(2026, 10, 25)), De.LongDay(new(2026, 10, 25))));

    [Fact]
    public void Moment_is_in_utc_and_says_so()
    {
        var there = new DateTimeOffset(2026, 11, 26, 16, 32, 7, TimeSpan.FromHours(2));

        Assert.Equal("14:32:07 UTC", En.Moment(there));
        Assert.Equal("26. Nov. 2026, 14:32:07 UTC", De.FullMoment(there));
    }

    [Theory]
    [InlineData(8.2, "8.2 ms", "8,2 ms")]
    [InlineData(140, "140 ms", "140 ms")]
    [InlineData(4000, "4 s", "4 s")]
    [InlineData(3_599_999, "59 min", "59 min")]
    [InlineData(169_200_000, "47 h", "47 h")]
    [InlineData(1_209_600_000, "14 days", "14 Tage")]
    public void Duration_is_in_one_unit(double milliseconds, string english, string german) =>
        Assert.Equal((english, german), (En.Duration(TimeSpan.FromMilliseconds(milliseconds)), De.Duration(TimeSpan.FromMilliseconds(milliseconds))));

    [Fact]
    public void Time_is_relative_only_under_48_hours()
    {
        var now = new DateTimeOffset(2026, 11, 26, 14, 32, 7, TimeSpan.Zero);

        Assert.Equal(("5\u00A0min\u00A0ago", "vor\u00A05\u00A0min"), (En.Ago(now.AddMinutes(-5), now), De.Ago(now.AddMinutes(-5), now)));
        Assert.Equal("47\u00A0h\u00A0ago", En.Ago(now.AddHours(-47.9), now));
        Assert.Equal("24 Nov 2026", En.Ago(now.AddHours(-48), now));
        Assert.Equal("27 Nov 2026", En.Ago(now.AddDays(1), now));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1500, "1.5 kB")]
    [InlineData(9.1e9, "9.1 GB")]
    [InlineData(28.3e9, "28.3 GB")]
    [InlineData(412e9, "412 GB")]
    public void Bytes_are_in_powers_of_ten(double value, string english) => Assert.Equal(english, En.Bytes(value));

    [Theory]
    [InlineData(0.25, "25%")]
    [InlineData(0.28, "28%")]
    [InlineData(0.125, "12.5%")]
    [InlineData(1, "100%")]
    public void Tick_is_as_short_as_it_is_exact(double value, string text) => Assert.Equal(text, En.Tick(value, Unit.Share));
}
