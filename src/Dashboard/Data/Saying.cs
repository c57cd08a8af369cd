using Telemetry.Dashboard.Components;

namespace Telemetry.Dashboard.Data;

/// <summary>A text in the language of who reads it. Both stand side by side where they are said, so none can be missing.</summary>
public static class Saying
{
    public static string Say(this Words words, string english, string german) =>
        words.Formats == Formats.German ? german : english;

    /// <summary>"1 installation", "10,650 installations".</summary>
    public static string Count(this Words words, double count, (string One, string Many) english, (string One, string Many) german) =>
        words.Formats.Count(count) + " " + (count == 1 ? words.Say(english.One, german.One) : words.Say(english.Many, german.Many));

    public static string Installations(this Words words, double count) =>
        words.Count(count, ("installation", "installations"), ("Installation", "Installationen"));
}
