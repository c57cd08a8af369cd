using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary>Days and moments as people write them: all in UTC, and an expiry day counts to its end.</summary>
internal static class LicenseDates
{
    private const string Day = "yyyy-MM-dd";
    private const string Moment = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly string[] Moments =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The start of the day, or the moment.</summary>
    /// <exception cref="CliUsageException">It is neither.</exception>
    public static Timestamp ParseStart(string option, string text) => Parse(option, text, daysLater: 0);

    /// <summary>The end of the day, which is the midnight after it, or the moment.</summary>
    /// <exception cref="CliUsageException">It is neither.</exception>
    public static Timestamp ParseEnd(string option, string text) => Parse(option, text, daysLater: 1);

    public static string OfStart(Timestamp start) => Of(start.ToDateTimeOffset(), daysEarlier: 0);

    /// <summary>Midnight is the end of the day before it, so that what was given as a day is shown as that day.</summary>
    public static string OfEnd(Timestamp end) => Of(end.ToDateTimeOffset(), daysEarlier: 1);

    public static string OfDay(Timestamp? day) =>
        day?.ToDateTimeOffset().ToString(Day, CultureInfo.InvariantCulture) ?? "-";

    public static string OfMoment(Timestamp? moment) =>
        moment?.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-";

    private static Timestamp Parse(string option, string text, int daysLater)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateOnly.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day < DateOnly.MaxValue)
        {
            var midnight = day.AddDays(daysLater).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
            return Timestamp.FromDateTime(midnight);
        }

        return DateTimeOffset.TryParseExact(text, Moments, CultureInfo.InvariantCulture, utc, out var moment)
            ? Timestamp.FromDateTimeOffset(moment)
            : throw new CliUsageException(
                $"{option} is a day such as 2027-12-31, or a moment such as 2027-12-31T18:00:00Z.");
    }

    private static string Of(DateTimeOffset moment, int daysEarlier) =>
        moment.TimeOfDay == TimeSpan.Zero && moment.UtcTicks > 0
            ? moment.AddDays(-daysEarlier).ToString(Day, CultureInfo.InvariantCulture)
            : moment.ToString(Moment, CultureInfo.InvariantCulture);
}
