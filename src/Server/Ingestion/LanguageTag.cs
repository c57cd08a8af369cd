using System.Globalization;

namespace Telemetry.Server.Ingestion;

/// <summary>
/// BCP 47 tags, cut to language, script and region (RFC 5646, section 2.1). Variants, extensions and private-use
/// subtags are accepted and not kept: they could carry any text.
/// </summary>
internal static class LanguageTag
{
    public static bool TryNormalise(string text, out string kept)
    {
        kept = "";
        if (text.Length > ReportLimits.MaxLanguageLength)
        {
            return false;
        }

        var subtags = text.Split('-');
        if (subtags[0].Length is not (2 or 3) || !subtags[0].All(char.IsAsciiLetter)
            || !subtags.Skip(1).All(subtag => subtag.Length is >= 1 and <= 8 && subtag.All(char.IsAsciiLetterOrDigit)))
        {
            return false;
        }

        var next = 1;
        kept = subtags[0].ToLowerInvariant();
        if (next < subtags.Length && subtags[next].Length == 4 && subtags[next].All(char.IsAsciiLetter))
        {
            kept += "-" + CultureInfo.InvariantCulture.TextInfo.ToTitleCase(subtags[next].ToLowerInvariant());
            next++;
        }

        if (next < subtags.Length && IsRegion(subtags[next]))
        {
            kept += "-" + subtags[next].ToUpperInvariant();
        }

        return true;
    }

    private static bool IsRegion(string subtag) => subtag.Length switch
    {
        2 => subtag.All(char.IsAsciiLetter),
        3 => subtag.All(char.IsAsciiDigit),
        _ => false,
    };
}
