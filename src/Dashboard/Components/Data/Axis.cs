using System.Globalization;

namespace Telemetry.Dashboard.Components.Data;

/// <summary>The points along a chart, in order.</summary>
/// <param name="Names">How each point is spoken and written in tips: "25 October".</param>
/// <param name="Ticks">Which points are written under the chart.</param>
/// <param name="Page">How many points a Page key moves: a week of days.</param>
public sealed record Axis(IReadOnlyList<string> Names, IReadOnlyList<Tick> Ticks, int Page = 10)
{
    /// <summary>How each point is written to a file; days and months as ISO writes them.</summary>
    public IReadOnlyList<string> Keys { get; init; } = Names;

    /// <summary>The heading of the points where they stand in a table.</summary>
    public string Heading { get; init; } = "";

    public int Count => Names.Count;

    /// <summary>Every day of a range. The last one may be today, which is not over.</summary>
    public static Axis Days(Words words, DateOnly first, int count, bool untilToday = true) =>
        Dates(words, count, first.AddDays, untilToday, 7, words.Day,
            (day, year) => words.Formats.Day(day, year), day => words.Formats.LongDay(day, day.Year != first.Year || first.AddDays(count - 1).Year != first.Year));

    /// <summary>Weeks, each named by its first day.</summary>
    public static Axis Weeks(Words words, DateOnly first, int count, bool untilToday = false) =>
        Dates(words, count, i => first.AddDays(7 * i), untilToday, 4, words.Week,
            (day, year) => words.Formats.Day(day, year), day => words.WeekOf(words.Formats.LongDay(day)));

    /// <summary>Months, each given by any of its days.</summary>
    public static Axis Months(Words words, DateOnly first, int count, bool untilToday = false) =>
        Dates(words, count, first.AddMonths, untilToday, 12, words.Month,
            (day, year) => words.Formats.Month(day, year), day => words.Formats.Month(day)) with
        {
            Keys = [.. Enumerable.Range(0, count).Select(i => first.AddMonths(i).ToString("yyyy-MM", CultureInfo.InvariantCulture))],
        };

    /// <summary>The hours of a day in UTC.</summary>
    public static Axis Hours(Words words) => Numbered(words.Hour, 24, i => $"{i:00}:00", i => $"{i:00}:00", 6);

    /// <summary>Points that are counted: days since a release was first seen.</summary>
    public static Axis Numbered(string heading, int count, Func<int, string> name, Func<int, string> tick, int every)
    {
        var shown = Enumerable.Range(0, count).Where(i => i % every == 0).ToArray();
        return new([.. Enumerable.Range(0, count).Select(name)],
            [.. shown.Select((at, i) => new Tick(at, tick(at), i == 0 || i == shown.Length - 1 || i % 4 == 0 ? 1 : i % 2 == 0 ? 2 : 3))], every)
        {
            Keys = [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))],
            Heading = heading,
        };
    }

    private static Axis Dates(Words words, int count, Func<int, DateOnly> at, bool untilToday, int page, string heading,
        Func<DateOnly, bool, string> tick, Func<DateOnly, string> name)
    {
        var ticks = Tick.Spread(count).Select(t => t with
        {
            // A year is written where it is not clear: at the start, and where another one begins.
            Text = untilToday && t.Index == count - 1 ? words.Today
                : tick(at(t.Index), t.Index == 0 && at(0).Year != at(count - 1).Year),
        });
        return new([.. Enumerable.Range(0, count).Select(i => name(at(i)))], [.. ticks], page)
        {
            Keys = [.. Enumerable.Range(0, count).Select(i => at(i).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))],
            Heading = heading,
        };
    }
}

/// <summary>One point that is written under the chart.</summary>
/// <param name="Priority">1 is always there, 2 from 26 rem of panel, 3 from 46.</param>
public sealed record Tick(int Index, string Text, int Priority = 1)
{
    /// <summary>Both ends, then the middle, then the quarters.</summary>
    internal static IEnumerable<Tick> Spread(int count)
    {
        int[] priorities = [1, 3, 2, 3, 1];
        var last = count - 1;
        return last switch
        {
            < 0 => [],
            0 => [new(0, "")],
            < 4 => Enumerable.Range(0, count).Select(i => new Tick(i, "", i == 0 || i == last ? 1 : 2)),
            _ => priorities.Select((priority, i) => new Tick((int)Math.Round(last * i / 4d), "", priority)),
        };
    }
}
