using System.Globalization;

namespace Telemetry.Server.Callers;

/// <summary>Says how long to wait.</summary>
internal static class Waiting
{
    /// <summary>"1 second", "59 seconds", "2 minutes"; never less than it is.</summary>
    public static string InWords(TimeSpan wait)
    {
        var seconds = (long)Math.Ceiling(wait.TotalSeconds);
        var (count, unit) = seconds < 60 ? (Math.Max(seconds, 1), "second") : ((seconds + 59) / 60, "minute");
        return string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}");
    }
}
