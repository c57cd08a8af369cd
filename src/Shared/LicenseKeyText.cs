using System.Globalization;

namespace Telemetry.Licensing;

/// <summary>The one rule by which two texts are the same license key; compiled into the server and into the SDK.</summary>
/// <remarks>
/// Mail programs and word processors hand keys on with other dashes, invisible characters and full-width letters. None of
/// these is part of a key, and neither is case. By own code, because <see cref="string.Normalize()"/> does nothing in an
/// app without globalization data, and the same key must have the same text everywhere.
/// </remarks>
internal static class LicenseKeyText
{
    private const char FirstFullWidth = '\uFF01';
    private const char LastFullWidth = '\uFF5E';
    private const char AsciiOfFirstFullWidth = '!';

    /// <summary>Writes the key in capitals, without what does not count.</summary>
    /// <param name="text">The key as somebody handed it on.</param>
    /// <param name="canonical">Where to; as long as the text is always long enough.</param>
    /// <returns>How many characters were written; -1 when there is no room.</returns>
    public static int Write(ReadOnlySpan<char> text, Span<char> canonical)
    {
        var length = 0;
        foreach (var letter in text)
        {
            if (!Counts(letter))
            {
                continue;
            }

            if (length == canonical.Length)
            {
                return -1;
            }

            canonical[length++] = char.ToUpperInvariant(Narrow(letter));
        }

        return length;
    }

    /// <summary>The key in capitals, without what does not count.</summary>
    public static string Canonical(string text)
    {
        var canonical = new char[text.Length];
        return new string(canonical, 0, Write(text, canonical));
    }

    /// <summary>Whether a character stands between the groups of a key.</summary>
    public static bool IsDash(char letter) =>
        letter is '-' or '\u2212' or '\u02D7' or '\u2043'
        || (letter > '\u007F' && CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.DashPunctuation);

    private static bool Counts(char letter)
    {
        if (char.IsAsciiLetterOrDigit(letter))
        {
            return true;
        }

        if (char.IsWhiteSpace(letter) || IsDash(letter) || letter is >= '\uFE00' and <= '\uFE0F' or '\u034F')
        {
            return false;
        }

        return CharUnicodeInfo.GetUnicodeCategory(letter) is not (UnicodeCategory.Format or UnicodeCategory.Control);
    }

    /// <summary>The ASCII character that a full-width one is a wide form of.</summary>
    private static char Narrow(char letter) => letter is >= FirstFullWidth and <= LastFullWidth
        ? (char)(letter - FirstFullWidth + AsciiOfFirstFullWidth)
        : letter;
}
