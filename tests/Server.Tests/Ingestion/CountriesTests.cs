using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;

namespace Telemetry.Server.Tests.Ingestion;

/// <summary>Countries, timezones, and which lies where.</summary>
public sealed class CountriesTests
{
    [Fact]
    public void There_are_249_countries() => Assert.Equal(249, Countries.Count);

    [Theory]
    [InlineData("AD", true)]
    [InlineData("DE", true)]
    [InlineData("ZW", true)]
    [InlineData("XX", false)]
    [InlineData("de", false)]
    [InlineData("", false)]
    [InlineData("AD AE", false)]
    public void Only_assigned_codes_in_capitals_exist(string code, bool exists) => Assert.Equal(exists, Countries.Exists(code));

    [Theory]
    [InlineData("Europe/Berlin", "DE")]
    [InlineData("America/Argentina/Buenos_Aires", "AR")]
    [InlineData("Asia/Calcutta", "IN")]
    [InlineData("Europe/Belfast", "GB")]
    public void A_place_lies_in_its_country_under_its_old_name_too(string zone, string country)
    {
        Assert.True(Countries.IsTimezone(zone));
        Assert.Equal(CountryCode.FromLetters(country), Countries.OfTimezone(zone));
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("CET")]
    [InlineData("Japan")]
    [InlineData("Etc/GMT+1")]
    [InlineData("Etc/UTC")]
    public void A_zone_that_names_no_place_has_no_country(string zone)
    {
        Assert.True(Countries.IsTimezone(zone));
        Assert.Equal(default, Countries.OfTimezone(zone));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Europe/Nowhere")]
    [InlineData("europe/berlin")]
    public void What_is_no_zone_has_no_country(string zone)
    {
        Assert.False(Countries.IsTimezone(zone));
        Assert.Equal(default, Countries.OfTimezone(zone));
    }
}
