namespace Telemetry.Server.Model;

/// <summary>UTC days as whole numbers, counted from 1 January 1970.</summary>
internal static class UtcDay
{
    private const long MsPerDay = 86_400_000;
    private const int MsPerHour = 3_600_000;

    private static readonly int Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public static int Of(long unixMs) => (int)Math.DivRem(unixMs, MsPerDay, out var rest) - (rest < 0 ? 1 : 0);

    public static int Of(DateTimeOffset moment) => Of(moment.ToUnixTimeMilliseconds());

    public static int Of(DateOnly date) => date.DayNumber - Epoch;

    /// <summary>Its first millisecond.</summary>
    public static long StartMs(int day) => day * MsPerDay;

    /// <summary>The hour of its day, 0 to 23.</summary>
    public static int HourOf(long unixMs) => (int)((unixMs - (Of(unixMs) * MsPerDay)) / MsPerHour);

    public static DateOnly ToDate(int day) => DateOnly.FromDayNumber(day + Epoch);

    /// <summary>The Sunday that ends the day's week, ISO 8601.</summary>
    public static int EndOfWeek(int day) => day + ((7 - (int)ToDate(day).DayOfWeek) % 7);

    public static int EndOfMonth(int day) => StartOfMonth(day) + DateTime.DaysInMonth(ToDate(day).Year, ToDate(day).Month) - 1;

    public static int StartOfMonth(int day) => day - ToDate(day).Day + 1;
}
