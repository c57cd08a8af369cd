using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Date = Google.Type.Date;

namespace Telemetry.Cli;

/// <summary>An option that takes a UTC day, and says so when it is given something else.</summary>
internal sealed class DayOption : Option<DateOnly?>
{
    private const string Form = "yyyy-MM-dd";

    public DayOption(string name)
        : base(name) => CustomParser = Parse;

    /// <returns>The day as the contract wants it; null when the option was not given.</returns>
    public Date? In(ParseResult parsed) =>
        parsed.GetValue(this) is { } day ? new Date { Year = day.Year, Month = day.Month, Day = day.Day } : null;

    /// <summary>A day as people and programs read it; nothing for none.</summary>
    public static string TextOf(Date? date) =>
        date is null ? "" : new DateOnly(date.Year, date.Month, date.Day).ToString(Form, CultureInfo.InvariantCulture);

    private DateOnly? Parse(ArgumentResult result)
    {
        if (DateOnly.TryParseExact(result.Tokens[0].Value, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        result.AddError($"{Name} is a UTC day, e.g. 2026-05-01.");
        return null;
    }
}
