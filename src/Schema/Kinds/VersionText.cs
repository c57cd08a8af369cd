namespace Telemetry.Schema.Kinds;

/// <summary>
/// The grammar of versions: one to four numbers separated by dots, then optionally a pre-release label. What follows
/// (a distribution's suffix such as "-0ubuntu0.24.04.1") is accepted and not kept: it could carry any text.
/// </summary>
internal static class VersionText
{
    public const int MaxVersionLength = 64;

    private const int MaxNumbers = 4;
    private const int MaxDigits = 6;

    private static readonly string[] PreReleaseLabels = ["alpha", "beta", "rc", "dev", "pre", "preview"];

    /// <param name="text">What was reported.</param>
    /// <param name="kept">The part that is kept, in lower case.</param>
    /// <returns>False when the text is not a version at all.</returns>
    public static bool TryNormalize(string text, out string kept)
    {
        kept = "";
        if (text.Length is 0 or > MaxVersionLength || !IsPrintable(text))
        {
            return false;
        }

        var end = EndOfNumbers(text);
        if (end == 0 || (end < text.Length && char.IsAsciiDigit(text[end])))
        {
            return false;
        }

        end = EndOfPreRelease(text, end);
        kept = end == text.Length ? text : text[..end];
        kept = kept.ToLowerInvariant();
        return true;
    }

    private static int EndOfNumbers(string text)
    {
        var end = 0;
        for (var numbers = 0; numbers < MaxNumbers; numbers++)
        {
            var start = numbers == 0 ? 0 : end + 1;
            if (numbers > 0 && (end >= text.Length || text[end] != '.'))
            {
                break;
            }

            var next = EndOfDigits(text, start);
            if (next == start)
            {
                break;
            }

            end = next;
        }

        return end;
    }

    private static int EndOfDigits(string text, int start)
    {
        var end = start;
        while (end < text.Length && end - start < MaxDigits && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end;
    }

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static int EndOfPreRelease(string text, int start)
    {
        var label = start < text.Length && text[start] is '-' or '.' ? start + 1 : start;
        var end = label + LengthOfLabel(text.AsSpan(label));
        if (end == label)
        {
            return start;
        }

        var digits = end < text.Length && text[end] is '.' or '-' ? end + 1 : end;
        var endOfDigits = EndOfDigits(text, digits);
        end = endOfDigits > digits ? endOfDigits : end;
        // Letters that follow directly make it another word, e.g. "-developer".
        return end < text.Length && char.IsAsciiLetterOrDigit(text[end]) ? start : end;
    }

    /// <summary>Of the longest label, so that "preview" is not read as "pre"; 0 when there is none.</summary>
    private static int LengthOfLabel(ReadOnlySpan<char> text)
    {
        var length = 0;
        foreach (var label in PreReleaseLabels)
        {
            if (label.Length > length && text.StartsWith(label, StringComparison.OrdinalIgnoreCase))
            {
                length = label.Length;
            }
        }

        return length;
    }
}
