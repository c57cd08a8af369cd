using Telemetry.Server.Schema.Kinds;

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
    public void A_language_keeps_script_and_region(string text, string kept)
    {
        Assert.True(LanguageTag.TryNormalize(text, out var language));
        Assert.Equal(kept, language);
    }

    [Theory]
    [InlineData("d")]
    [InlineData("deutsch")]
    [InlineData("d3")]
    [InlineData("de-")]
    [InlineData("de--DE")]
    [InlineData("de_DE")]
    [InlineData("de-abcdefghi")]
    [InlineData("de-\u00e9")]
    public void What_is_not_made_of_subtags_is_no_language(string text) =>
        Assert.False(LanguageTag.TryNormalize(text, out _));
}
