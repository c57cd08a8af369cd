using Telemetry.Schema.Kinds;

namespace Telemetry.Server.Tests.Ingestion;

/// <summary>Countries, timezones, and which lies where.</summary>
public sealed class CountriesTests
{
    [Fact]
    public void There_are_249_countries_and_Kosovo() => Assert.Equal(250, Countries.Count);

    [Theory]
    [InlineData("AD", "AD")]
    [InlineData("DE", "DE")]
    [InlineData("ZW", "ZW")]
    [InlineData("XK", "XK")]
    [InlineData("de", "DE")]
    [InlineData("XX", null)]
    [InlineData("", null)]
    [InlineData("AD AE", null)]
    public void Only_assigned_codes_exist_and_case_does_not_matter(string code, string? country) =>
        Assert.Equal(country, Countries.Find(code));

    [Theory]
    [InlineData("Europe/Berlin", "DE")]
    [InlineData("America/Argentina/Buenos_Aires", "AR")]
    [InlineData("Asia/Calcutta", "IN")]
    [InlineData("Europe/Belfast", "GB")]
    public void A_place_lies_in_its_country_under_its_old_name_too(string zone, string country)
    {
        Assert.Equal(zone, Countries.FindTimezone(zone));
        Assert.Equal(country, Countries.OfTimezone(zone));
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("CET")]
    [InlineData("Japan")]
    [InlineData("Etc/GMT+1")]
    [InlineData("Etc/UTC")]
    public void A_zone_that_names_no_place_has_no_country(string zone)
    {
        Assert.Equal(zone, Countries.FindTimezone(zone));
        Assert.Null(Countries.OfTimezone(zone));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Europe/Nowhere")]
    public void What_is_no_zone_has_no_country(string zone)
    {
        Assert.Null(Countries.FindTimezone(zone));
        Assert.Null(Countries.OfTimezone(zone));
    }
}
