using Telemetry.Server.Licensing;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>The ends of what a license may say.</summary>
public sealed class LicenseRulesTests
{
    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_request_id_has_16_to_64_characters(int length, bool good) =>
        Assert.Equal(good, LicenseRules.IsRequestId(new string('a', length)));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_customer_reference_has_1_to_64_characters(int length, bool good) =>
        Assert.Equal(good, LicenseRules.IsCustomerReference(new string('a', length)));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void An_edition_has_1_to_40_characters(int length, bool good) =>
        Assert.Equal(good, LicenseRules.IsEdition(new string('a', length)));

    [Theory]
    [InlineData("Az09-Az09-Az09-Az09", true)]
    [InlineData("Az09_Az09_Az09_Az09", false)]
    [InlineData("aaaaaaaaaaaaaaaa\n", false)]
    [InlineData("\naaaaaaaaaaaaaaaa", false)]
    [InlineData("aaaaaaaaaaaaaaaä", false)]
    public void A_request_id_is_letters_digits_and_hyphens(string text, bool good) =>
        Assert.Equal(good, LicenseRules.IsRequestId(text));

    [Theory]
    [InlineData("Az09._:/-", true)]
    [InlineData("a@b.example", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("\na", false)]
    public void A_customer_reference_is_letters_digits_and_some_signs(string text, bool good) =>
        Assert.Equal(good, LicenseRules.IsCustomerReference(text));

    [Theory]
    [InlineData("az-09", true)]
    [InlineData("Enterprise", false)]
    [InlineData("a_b", false)]
    [InlineData("a\n", false)]
    [InlineData("\na", false)]
    public void An_edition_is_lower_case_letters_digits_and_hyphens(string text, bool good) =>
        Assert.Equal(good, LicenseRules.IsEdition(text));

    [Theory]
    [InlineData("a", true)]
    [InlineData("rooms_2", true)]
    [InlineData("", false)]
    [InlineData("2rooms", false)]
    [InlineData("_rooms", false)]
    [InlineData("Rooms", false)]
    [InlineData("rooms-2", false)]
    [InlineData("rooms\n", false)]
    [InlineData("\nrooms", false)]
    public void A_limit_is_named_by_lower_case_letters_digits_and_underscores(string name, bool good) =>
        Assert.Equal(good, LicenseRules.AreCounts([new(name, 1)]));

    [Theory]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void The_name_of_a_limit_has_up_to_40_characters(int length, bool good) =>
        Assert.Equal(good, LicenseRules.AreCounts([new(new string('a', length), 1)]));

    [Fact]
    public void There_are_up_to_fifty_limits_each_a_signed_number()
    {
        Assert.True(LicenseRules.AreCounts([]));
        Assert.True(LicenseRules.AreCounts(Counts(50)));
        Assert.False(LicenseRules.AreCounts(Counts(51)));
        Assert.True(LicenseRules.AreCounts([new("rooms", long.MaxValue)]));
        Assert.False(LicenseRules.AreCounts([new("rooms", (ulong)long.MaxValue + 1)]));
        Assert.False(LicenseRules.AreCounts([new("rooms", 1), new("Rooms", 1)]));

        static IEnumerable<KeyValuePair<string, ulong>> Counts(int number) =>
            Enumerable.Range(0, number).Select(i => new KeyValuePair<string, ulong>($"l{i}", 0));
    }

    [Fact]
    public void Moments_and_grace_have_the_ends_that_the_contract_states()
    {
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), LicenseRules.Earliest);
        Assert.Equal(new DateTimeOffset(3000, 1, 1, 0, 0, 0, TimeSpan.Zero), LicenseRules.Latest);
        Assert.Equal(TimeSpan.FromDays(365), LicenseRules.MaxGrace);
    }
}
