using System.Globalization;

namespace Telemetry.Cli;

/// <summary>Moments as people read them.</summary>
internal static class MomentText
{
    public static string Of(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>How long something took, in the largest unit that fits.</summary>
    public static string Of(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalDays)} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalHours)} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Floor(span.TotalMinutes))} min"),
    };
}
