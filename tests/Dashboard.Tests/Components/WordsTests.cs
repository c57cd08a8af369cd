using System.Reflection;

namespace Telemetry.Dashboard.Tests.Components;

/// <summary>That no text is missing is the compiler's to say: every word is abstract.</summary>
public sealed class WordsTests
{
    public static TheoryData<string> Texts => [.. typeof(Words).GetProperties().Where(text => text.PropertyType == typeof(string) && text.GetMethod!.IsAbstract).Select(text => text.Name)];

    // The same in both, on purpose.
    private static readonly string[] Shared = [nameof(Words.FilterWord), nameof(Words.Live)];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_is_there_and_translated(string name)
    {
        var text = typeof(Words).GetProperty(name, BindingFlags.Public | BindingFlags.Instance)!;
        var (english, german) = ((string)text.GetValue(Words.English)!, (string)text.GetValue(Words.German)!);

        Assert.NotEmpty(english);
        Assert.NotEmpty(german);
        Assert.Equal(Shared.Contains(name), english == german);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_is_plain(string name)
    {
        foreach (var words in (Words[])[Words.English, Words.German])
        {
            var text = (string)typeof(Words).GetProperty(name)!.GetValue(words)!;

            Assert.DoesNotContain("!", text, StringComparison.Ordinal);
            Assert.DoesNotContain("please", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("bitte", text, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(text.Trim(), text);
        }
    }

    [Theory]
    [InlineData("de", "de")]
    [InlineData("de-AT", "de")]
    [InlineData("en-GB", "en")]
    [InlineData("fr", "en")]
    [InlineData(null, "en")]
    public void Language_that_is_not_there_is_english(string? asked, string given) => Assert.Equal(given, Words.For(asked).Formats.Language);

    [Theory]
    [InlineData(110, 100, "10.0% more than 90 days before")]
    [InlineData(90, 100, "10.0% less than 90 days before")]
    [InlineData(100, 100, "as many as 90 days before")]
    [InlineData(5, 0, "none 90 days before")]
    public void Comparison_is_a_phrase(double now, double before, string phrase) => Assert.Equal(phrase, Words.English.Than(now, before, "90 days before"));
}
