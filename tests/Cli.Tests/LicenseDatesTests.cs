using System.Globalization;
using Telemetry.Cli.Commands.Licenses;

namespace Telemetry.Cli.Tests;

/// <summary>Days and moments of licenses.</summary>
public sealed class LicenseDatesTests
{
    [Theory]
    [InlineData("2027-12-31", "2028-01-01T00:00:00Z", "2027-12-31")]
    [InlineData("2028-02-29", "2028-03-01T00:00:00Z", "2028-02-29")]
    [InlineData("2027-12-31T18:00:00Z", "2027-12-31T18:00:00Z", "2027-12-31T18:00:00Z")]
    [InlineData("2027-12-31T18:00:00+02:00", "2027-12-31T16:00:00Z", "2027-12-31T16:00:00Z")]
    [InlineData("2027-12-31T18:00", "2027-12-31T18:00:00Z", "2027-12-31T18:00:00Z")]
    [InlineData("2028-01-01T00:00:00Z", "2028-01-01T00:00:00Z", "2027-12-31")]
    public void An_expiry_day_counts_to_its_end_and_is_shown_as_it_was_given(string text, string expected, string shown)
    {
        var end = LicenseDates.ParseEnd("--expires", text);

        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), end.ToDateTimeOffset());
        Assert.Equal(shown, LicenseDates.OfEnd(end));
    }

    [Fact]
    public void A_first_day_counts_from_its_start()
    {
        var start = LicenseDates.ParseStart("--from", "2027-01-01");

        Assert.Equal(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), start.ToDateTimeOffset());
        Assert.Equal("2027-01-01", LicenseDates.OfStart(start));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("31.12.2027")]
    [InlineData("2027-02-30")]
    [InlineData("9999-12-31")]
    [InlineData("2027-12-31 18:00")]
    public void Everything_else_is_refused_with_an_example(string text)
    {
        var refusal = Assert.Throws<CliUsageException>(() => LicenseDates.ParseEnd("--expires", text));

        Assert.Contains("--expires is a day such as 2027-12-31", refusal.Message, StringComparison.Ordinal);
    }
}
