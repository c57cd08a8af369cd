using System.Buffers;

namespace Telemetry.Schema.Kinds;

/// <summary>
/// BCP 47 tags, cut to language, script and region (RFC 5646, section 2.1). Variants, extensions and private-use
/// subtags are accepted and not kept: they could carry any text.
/// </summary>
internal static class LanguageTag
{
    public const int MaxLanguageLength = 35;

    private static readonly SearchValues<char> AsciiLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> AsciiLettersAndDigits =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    public static bool TryNormalize(string text, out string kept)
    {
        kept = "";
        if (text.Length > MaxLanguageLength)
        {
            return false;
        }

        var end = EndOfSubtag(text, 0);
        if (end is not (2 or 3) || text.AsSpan(0, end).ContainsAnyExcept(AsciiLetters) || !AreSubtags(text, end))
        {
            return false;
        }

        kept = text[..end].ToLowerInvariant();
        var script = Subtag(text, end);
        if (script.Length == 4 && !script.ContainsAnyExcept(AsciiLetters))
        {
            kept = $"{kept}-{char.ToUpperInvariant(script[0])}{script[1..].ToString().ToLowerInvariant()}";
            end += 1 + script.Length;
        }

        var region = Subtag(text, end);
        if (IsRegion(region))
        {
            kept = $"{kept}-{region.ToString().ToUpperInvariant()}";
        }

        // The common case keeps its object.
        kept = kept == text ? text : kept;
        return true;
    }

    /// <summary>Whether all that follows the language is subtags of one to eight letters or digits.</summary>
    private static bool AreSubtags(string text, int end)
    {
        while (end < text.Length)
        {
            var subtag = Subtag(text, end);
            if (subtag.Length is 0 or > 8 || subtag.ContainsAnyExcept(AsciiLettersAndDigits))
            {
                return false;
            }

            end += 1 + subtag.Length;
        }

        return true;
    }

    private static bool IsRegion(ReadOnlySpan<char> subtag) => subtag.Length switch
    {
        2 => !subtag.ContainsAnyExcept(AsciiLetters),
        3 => !subtag.ContainsAnyExceptInRange('0', '9'),
        _ => false,
    };

    /// <summary>The subtag after the hyphen at <paramref name="hyphen"/>; empty at the end of the text.</summary>
    private static ReadOnlySpan<char> Subtag(string text, int hyphen) =>
        hyphen >= text.Length ? [] : text.AsSpan()[(hyphen + 1)..EndOfSubtag(text, hyphen + 1)];

    private static int EndOfSubtag(string text, int start) =>
        text.IndexOf('-', start) is var hyphen and >= 0 ? hyphen : text.Length;
}
