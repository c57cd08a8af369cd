using Telemetry.Server.Model;

namespace Telemetry.Server.Compatibility;

/// <summary>How an app's pages stand against its license.</summary>
/// <param name="Allowed">
/// Whether one more page may be made in the language asked about; asked about none, whether no language exceeds its limit.
/// </param>
/// <param name="Current">Pages in that language, in the fullest one, or in all.</param>
/// <param name="Max">The limit; null when there is none.</param>
/// <param name="ExceededLanguages">Languages beyond the limit.</param>
/// <param name="PerLanguage">Whether the limit holds for each language.</param>
internal sealed record PageLimit(
    bool Allowed, ulong Current, ulong? Max, IReadOnlyList<string> ExceededLanguages, bool PerLanguage)
{
    private const int LongestLanguage = 35;

    public static PageLimit Of(License? license, LicenseCall call)
    {
        var counts = call.PageCountsPerLanguage ?? [];
        var perLanguage = license?.Limits.TryGetValue("pages_per_language", out var each) == true ? each : (ulong?)null;
        if (perLanguage is null && license?.Limits.TryGetValue("pages", out var all) == true)
        {
            var total = counts.Values.Aggregate(0UL, (sum, count) => sum + count);
            return new PageLimit(call.Language is null ? total <= all : total < all, total, all, [], PerLanguage: false);
        }

        var current = call.Language is { } language
            ? counts.GetValueOrDefault(language)
            : counts.Values.DefaultIfEmpty(0U).Max();
        // Only what looks like a language is repeated: a key can be any text.
        var exceeded = counts.Where(pair => pair.Value > perLanguage).Select(pair => pair.Key)
            .Where(IsLanguage).Order(StringComparer.Ordinal).ToList();
        var allowed = call.Language is null ? !(current > perLanguage) : !(current >= perLanguage);
        return new PageLimit(allowed, current, perLanguage, exceeded, PerLanguage: true);
    }

    private static bool IsLanguage(string text) => text.Length is >= 2 and <= LongestLanguage
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
