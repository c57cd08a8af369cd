using Google.Protobuf.WellKnownTypes;
using Google.Type;

namespace Telemetry.Dashboard.Data;

/// <summary>Days and moments of the contract as .NET has them.</summary>
public static class Moments
{
    public static DateOnly ToDay(this Date date) => new(date.Year, date.Month, date.Day);

    public static Date ToDate(this DateOnly day) => new() { Year = day.Year, Month = day.Month, Day = day.Day };

    public static DateOnly DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);

    public static DateTimeOffset? ToMoment(this Timestamp? time) => time?.ToDateTimeOffset();
}
