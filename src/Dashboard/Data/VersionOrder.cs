using System.Globalization;

namespace Telemetry.Dashboard.Data;

/// <summary>The order of versions: number by number, "8.10" after "8.9".</summary>
public static class VersionOrder
{
    private const int Parts = 4;

    /// <returns>What sorts as text the way the versions do.</returns>
    public static string KeyOf(string version) => string.Concat(version.Split('-', '+')[0].Split('.').Concat(Enumerable.Repeat("0", Parts)).Take(Parts)
        .Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number.ToString("D12", CultureInfo.InvariantCulture) : part.PadLeft(12)));
}
