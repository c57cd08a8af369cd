namespace Telemetry.Server.Hosting;

/// <summary>Finds what somebody probably meant.</summary>
internal static class Nearest
{
    private const int MaxDistance = 4;

    /// <summary>" Did you mean ...?", or nothing when no name is near.</summary>
    public static string Hint(string name, IEnumerable<string> known) =>
        To(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>The nearest name; null when none is near.</summary>
    public static string? To(string name, IEnumerable<string> known) =>
        known.Select(candidate => (candidate, Distance: Distance(name, candidate)))
            .Where(pair => pair.Distance <= MaxDistance)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.candidate)
            .FirstOrDefault();

    /// <summary>Levenshtein's distance, without regard to case.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                var replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
