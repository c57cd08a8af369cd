using Telemetry.Schema.Kinds;

namespace Telemetry.Server.Tests.Ingestion;

/// <summary>What is kept of versions and language tags, and what is none.</summary>
public sealed class TextRulesTests
{
    [Theory]
    [InlineData("1.4.0", "1.4.0")]
    [InlineData("32", "32")]
    [InlineData("32.0.6.1", "32.0.6.1")]
    [InlineData("1.4.0-RC.2", "1.4.0-rc.2")]
    [InlineData("1.4.0beta3", "1.4.0beta3")]
    [InlineData("2.0-preview", "2.0-preview")]
    [InlineData("2.0-developer", "2.0")]
    [InlineData("8.2.36-0ubuntu0.24.04.1", "8.2.36")]
    [InlineData("8.2.36 of somebody", "8.2.36")]
    [InlineData("1.2.3.4.5", "1.2.3.4")]
    [InlineData("123456.654321", "123456.654321")]
    [InlineData("1.", "1")]
    [InlineData("1..2", "1")]
    [InlineData("1.x", "1")]
    [InlineData("1 ~", "1")]
    [InlineData("1-", "1")]
    [InlineData("1.0.beta", "1.0.beta")]
    [InlineData("1.0-alpha-4", "1.0-alpha-4")]
    [InlineData("1.0-dev", "1.0-dev")]
    [InlineData("1.0pre", "1.0pre")]
    [InlineData("1.0-preview7", "1.0-preview7")]
    [InlineData("1.0-rc.123456", "1.0-rc.123456")]
    [InlineData("1.0-rc1234567", "1.0")]
    [InlineData("1.0-rc.1.5", "1.0-rc.1")]
    [InlineData("1.0-rc1x", "1.0")]
    [InlineData("1.0-beta-", "1.0-beta")]
    [InlineData("1.0-beta.x", "1.0-beta")]
    [InlineData("1.0_beta", "1.0")]
    [InlineData("1.0--beta", "1.0")]
    [InlineData("1.0-be", "1.0")]
    public void A_version_keeps_its_numbers_and_a_known_label(string text, string kept)
    {
        Assert.True(VersionText.TryNormalize(text, out var version));
        Assert.Equal(kept, version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1")]
    [InlineData(".1")]
    [InlineData("1234567")]
    [InlineData("1.1234567")]
    [InlineData("1\u001f")]
    [InlineData("1.4\n")]
    [InlineData("1.4\u007f")]
    [InlineData("1.4-\u00e9")]
    public void What_does_not_begin_with_numbers_or_is_not_printable_is_no_version(string text) =>
        Assert.False(VersionText.TryNormalize(text, out _));

    [Theory]
    [InlineData("de", "de")]
    [InlineData("DE", "de")]
    [InlineData("pt-br", "pt-BR")]
    [InlineData("zh-hANT-tw", "zh-Hant-TW")]
    [InlineData("es-419", "es-419")]
    [InlineData("gsw", "gsw")]
    [InlineData("de-CH-1996", "de-CH")]
    [InlineData("sl-rozaj-biske", "sl")]
    [InlineData("en-x-somebody", "en")]
    [InlineData("de-latn-1996", "de-Latn")]
    [InlineData("sr-cyrl", "sr-Cyrl")]
    [InlineData("de-lat1-DE", "de")]
    [InlineData("de-D1", "de")]
    [InlineData("de-abc", "de")]
    [InlineData("de-41a", "de")]
    [InlineData("de-12345678", "de")]
    [InlineData("de-DE-Latn", "de-DE")]
    public void A_language_keeps_script_and_region(string text, string kept)
    {
        Assert.True(LanguageTag.TryNormalize(text, out var language));
        Assert.Equal(kept, language);
    }

    [Theory]
    [InlineData("d")]
    [InlineData("")]
    [InlineData("deut")]
    [InlineData("deutsch")]
    [InlineData("-DE")]
    [InlineData("de-DE-")]
    [InlineData("d3")]
    [InlineData("de-")]
    [InlineData("de--DE")]
    [InlineData("de_DE")]
    [InlineData("de-abcdefghi")]
    [InlineData("de-\u00e9")]
    public void What_is_not_made_of_subtags_is_no_language(string text) =>
        Assert.False(LanguageTag.TryNormalize(text, out _));

    [Fact]
    public void The_longest_texts_are_read_and_longer_ones_refused()
    {
        var version = "1." + new string('x', VersionText.MaxVersionLength - 2);
        Assert.True(VersionText.TryNormalize(version, out _));
        Assert.False(VersionText.TryNormalize(version + "x", out _));
        var language = "deu" + string.Concat(Enumerable.Repeat("-a", (LanguageTag.MaxLanguageLength - 3) / 2));
        Assert.Equal(LanguageTag.MaxLanguageLength, language.Length);
        Assert.True(LanguageTag.TryNormalize(language, out _));
        Assert.False(LanguageTag.TryNormalize(language + "b", out _));
    }

    [Theory]
    [InlineData("1.4.0")]
    [InlineData("1.4.0-rc2")]
    public void A_version_that_is_kept_whole_keeps_its_object(string text)
    {
        Assert.True(VersionText.TryNormalize(text, out var kept));
        Assert.Same(text, kept);
    }

    [Theory]
    [InlineData("de")]
    [InlineData("pt-BR")]
    [InlineData("zh-Hant-TW")]
    public void A_language_that_is_kept_whole_keeps_its_object(string text)
    {
        Assert.True(LanguageTag.TryNormalize(text, out var kept));
        Assert.Same(text, kept);
    }

    [Fact]
    public void What_is_refused_is_not_kept()
    {
        VersionText.TryNormalize("v1", out var version);
        LanguageTag.TryNormalize("deutsch", out var language);

        Assert.Equal(("", ""), (version, language));
    }
}
