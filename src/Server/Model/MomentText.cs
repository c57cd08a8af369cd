using System.Globalization;

namespace Telemetry.Server.Model;

/// <summary>Moments in sentences for people: to the minute, in UTC, with the day when it is not today.</summary>
internal static class MomentText
{
    public static string Of(DateTimeOffset moment, DateTimeOffset now)
    {
        var format = moment.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm 'UTC'" : "HH:mm 'UTC on' yyyy-MM-dd";
        return moment.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>For "after ...": the first whole minute that is not too early.</summary>
    public static string After(DateTimeOffset moment, DateTimeOffset now)
    {
        var early = moment.UtcTicks % TimeSpan.TicksPerMinute;
        return Of(early == 0 ? moment : moment.AddTicks(TimeSpan.TicksPerMinute - early), now);
    }
}
