using Telemetry.Server.Licensing;

namespace Telemetry.Server.Tests.Licensing;

public sealed class LicenseKeyTests
{
    [Fact]
    public void A_hundred_thousand_keys_are_well_formed_and_no_two_are_alike()
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 100_000; i++)
        {
            var key = LicenseKey.Create("RVOX");
            Assert.True(LicenseKey.IsWellFormed(LicenseKey.Canonical(key)));
            Assert.True(keys.Add(key));
        }
    }

    [Theory]
    [InlineData("AB")]
    [InlineData("RVOX")]
    [InlineData("VENDOR99")]
    public void Every_single_character_typo_is_malformed(string prefix)
    {
        for (var round = 0; round < 20; round++)
        {
            var key = LicenseKey.Create(prefix);
            for (var position = 0; position < key.Length; position++)
            {
                for (var typo = ' '; typo <= '~'; typo++)
                {
                    AssertMalformedUnlessSame(key, key[..position] + typo + key[(position + 1)..]);
                    AssertMalformedUnlessSame(key, key[..position] + typo + key[position..]);
                }

                AssertMalformedUnlessSame(key, key.Remove(position, 1));
            }
        }
    }

    [Fact]
    public void Two_characters_that_changed_places_are_malformed()
    {
        for (var round = 0; round < 100; round++)
        {
            var key = LicenseKey.Canonical(LicenseKey.Create("RVOX"));
            for (var i = 0; i + 1 < key.Length; i++)
            {
                AssertMalformedUnlessSame(key, key[..i] + key[i + 1] + key[i] + key[(i + 2)..]);
            }
        }
    }

    [Fact]
    public void Case_blanks_and_hyphens_do_not_count()
    {
        var key = LicenseKey.Create("RVOX");
        var typed = "  " + key.ToLowerInvariant().Replace("-", " \t", StringComparison.Ordinal) + "\n";

        Assert.Equal(LicenseKey.Canonical(key), LicenseKey.Canonical(typed));
    }

    [Fact]
    public void A_key_whose_checksum_was_computed_elsewhere_is_well_formed() =>
        Assert.True(LicenseKey.IsWellFormed(LicenseKey.Canonical("RVOX-QPZRY9-X8GF2T-VDW0S3-JN54KH-DFUXCA")));

    [Fact]
    public void A_seed_always_makes_the_same_key_and_only_its_low_bits_count()
    {
        var seed = Enumerable.Range(0, LicenseKey.SeedSize + 3).Select(i => (byte)i).ToArray();

        Assert.Equal("RVOX-QPZRY9-X8GF2T-VDW0S3-JN54KH-DFUXCA", LicenseKey.Create("RVOX", seed));
        Assert.Equal(
            "RVOX-QPZRY9-X8GF2T-VDW0S3-JN54KH-DFUXCA", LicenseKey.Create("RVOX", [.. seed.Select(value => (byte)(value + 7 * 32))]));
    }

    [Theory]
    [InlineData("A", false)]
    [InlineData("AB", true)]
    [InlineData("Z9", true)]
    [InlineData("ABCDEFGH", true)]
    [InlineData("ABCDEFGHI", false)]
    [InlineData("ab", false)]
    [InlineData("A-B", false)]
    public void A_prefix_is_two_to_eight_capitals_and_digits(string text, bool good)
    {
        Assert.Equal(good, LicenseKey.IsPrefix(text));
        // The checksum alone does not make a key of it.
        Assert.Equal(good, LicenseKey.IsWellFormed(LicenseKey.Create(text).Replace("-", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("A-BCDEFGHIJKLMNOP", "...-MNOP")]
    [InlineData("AB-CDEFGHIJKLMNOP", "AB-...-MNOP")]
    [InlineData("ABCDEFGH-IJKLMNOP", "ABCDEFGH-...-MNOP")]
    [InlineData("ABCDEFGHI-JKLMNOP", "...-MNOP")]
    [InlineData("ABCDEFG", "...-G")]
    [InlineData("ABCDEFGH", "...-GH")]
    [InlineData("ABC", "...-")]
    public void A_mask_shows_a_quarter_at_most_and_no_prefix_that_is_none(string key, string mask) =>
        Assert.Equal(mask, LicenseKey.Mask(key));

    [Fact]
    public void What_is_longer_than_any_key_stays_as_it_is()
    {
        var longest = "a-" + new string('a', LicenseKey.MaxLength - 1);

        Assert.Equal(new string('A', LicenseKey.MaxLength), LicenseKey.Canonical(longest));
        Assert.Equal(longest + "a", LicenseKey.Canonical(longest + "a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("RVOX")]
    [InlineData("RVOX-TEST-1234-5678-9ABC")]
    [InlineData("dde6068c160e46f4681d3a8173133e13be9a5a9a7817c222cfe3c1cf9631a3be")]
    [InlineData("ÄÖÜ-QPZRY9-X8GF2T-VDW0S3-JN54KH-CE6MUA")]
    [InlineData("RVOX-QPZRY9-X8GF2T-VDW0S3-JN54KH-CE6MÜA")]
    [InlineData("RVOX-QPZRY9-X8GF2T-VDW0S3-JN54KH-CE6M\u4e2dA")]
    public void What_is_no_key_is_malformed(string text) => Assert.False(LicenseKey.IsWellFormed(LicenseKey.Canonical(text)));

    [Fact]
    public void A_mask_shows_the_prefix_and_four_characters_and_no_more()
    {
        var key = LicenseKey.Create("RVOX");

        Assert.Equal($"RVOX-...-{key[^4..]}", LicenseKey.Mask(key));
        Assert.Equal("RVOX-...-9ABC", LicenseKey.Mask("RVOX-TEST-1234-5678-9ABC"));
        Assert.Equal("...-7890", LicenseKey.Mask("ABCDEF1234567890"));
    }

    [Fact]
    public void Keys_use_every_symbol_about_as_often()
    {
        var counts = Enumerable.Range(0, 10_000).SelectMany(_ => LicenseKey.Canonical(LicenseKey.Create("LIC"))[3..27])
            .CountBy(symbol => symbol).ToDictionary();

        // 240,000 symbols of 32 kinds: 7,500 each, and six standard deviations are about 510.
        Assert.Equal(32, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 6_950, 8_050));
    }

    private static void AssertMalformedUnlessSame(string key, string typo)
    {
        var canonical = LicenseKey.Canonical(typo);
        if (canonical != LicenseKey.Canonical(key))
        {
            Assert.False(LicenseKey.IsWellFormed(canonical), $"'{typo}' passes for '{key}'.");
        }
    }
}
