using System.Globalization;
using System.Text;

namespace Telemetry.Dashboard.Components;

/// <summary>How a language writes numbers, shares, changes, days, moments and durations.</summary>
/// <remarks>
/// Own code: the app carries no culture data, and what a page shows must be the same in every browser.
/// Unknown is written as a word, never as zero; "–" says that there is nothing to measure.
/// </remarks>
public sealed class Formats
{
    private const char Minus = '\u2212';
    private const char Narrow = '\u202f';

    public static Formats English { get; } = new("en");
    public static Formats German { get; } = new("de");

    private readonly string _group, _decimal, _unknown, _new, _zone;
    private readonly string[] _months, _longMonths, _large;

    private Formats(string language)
    {
        Language = language;
        IsGerman = language == "de";
        (_group, _decimal) = IsGerman ? (".", ",") : (",", ".");
        (_unknown, _new, _zone) = IsGerman ? ("unbekannt", "neu", " UTC") : ("unknown", "new", " UTC");
        _large = IsGerman ? ["Mio.", "Mrd."] : ["M", "B"];
        _months = IsGerman
            ? ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."]
            : ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        _longMonths = IsGerman
            ? ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"]
            : ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    }

    public static Formats For(string? language) =>
        language?.StartsWith("de", StringComparison.OrdinalIgnoreCase) == true ? German : English;

    public string Language { get; }

    private bool IsGerman { get; }

    /// <summary>10,650; an unknown count is the word for it.</summary>
    public string Count(double? value) => value is { } known ? Number(Math.Round(known), 0) : _unknown;

    /// <summary>12.5, with as many decimals as asked for.</summary>
    public string Number(double? value, int decimals = 1)
    {
        if (value is not { } known)
        {
            return _unknown;
        }
        var digits = Math.Abs(known).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? digits : digits[..point];
        var text = new StringBuilder(digits.Length + 6);
        if (known < 0 && digits.AsSpan().ContainsAnyInRange('1', '9'))
        {
            text.Append(Minus);
        }
        for (var i = 0; i < whole.Length; i++)
        {
            if (i > 0 && (whole.Length - i) % 3 == 0)
            {
                text.Append(_group);
            }
            text.Append(whole[i]);
        }
        if (point >= 0)
        {
            text.Append(_decimal).Append(digits, point + 1, digits.Length - point - 1);
        }
        return text.ToString();
    }

    /// <summary>+64, −1, ±0: how much came or went.</summary>
    public string Difference(double value) => value > 0 ? "+" + Count(value) : value < 0 ? Count(value) : "±0";

    /// <summary>1.24 M, for headline figures only: three digits that count, the exact number belongs in the explanation.</summary>
    public string Large(double? value) => value switch
    {
        { } known when Math.Abs(known) >= 999_500_000 => Scaled(known / 1e9, _large[1]),
        { } known when Math.Abs(known) >= 999_500 => Scaled(known / 1e6, _large[0]),
        _ => Count(value),
    };

    /// <summary>17.2% of a part between 0 and 1. Not quite nothing and not quite all say so.</summary>
    public string Share(double? part) => Share(part, 1, 0.001);

    /// <summary>17%, in the cells of a table.</summary>
    public string RoundShare(double? part) => Share(part, 0, 0.01);

    /// <summary>Of a count in a total; nothing can be said of an empty total.</summary>
    public string Share(double? count, double total) => total == 0 ? Nothing : Share(count / total);

    /// <summary>+5.4%, −1.3%, ±0.0%; against zero "new", and of zero against zero nothing changed.</summary>
    public string Change(double? now, double? before)
    {
        if (now is not { } current || before is not { } earlier)
        {
            return _unknown;
        }
        return earlier == 0 ? current == 0 ? Change(0) : _new : Change(current / earlier - 1);
    }

    /// <summary>A change as a ratio: 0.054 is +5.4%.</summary>
    public string Change(double ratio)
    {
        var digits = Percent(Math.Abs(ratio), 1);
        return Math.Round(Math.Abs(ratio), 3, MidpointRounding.AwayFromZero) == 0 ? "±" + digits : (ratio > 0 ? "+" : Minus.ToString()) + digits;
    }

    /// <summary>26 Nov 2026; without the year where it is clear.</summary>
    public string Day(DateOnly day, bool year = true) => Date(day, _months, year);

    /// <summary>26 November, as it is spoken.</summary>
    public string LongDay(DateOnly day, bool year = false) => Date(day, _longMonths, year);

    /// <summary>Nov 2026.</summary>
    public string Month(DateOnly day, bool year = true) =>
        _months[day.Month - 1] + (year ? " " + day.Year.ToString(CultureInfo.InvariantCulture) : "");

    /// <summary>14:32:07 UTC.</summary>
    public string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture) + _zone;

    /// <summary>26 Nov 2026, 14:32:07 UTC.</summary>
    public string FullMoment(DateTimeOffset moment) => Day(DateOnly.FromDateTime(moment.UtcDateTime)) + ", " + Moment(moment);

    /// <summary>8.2 ms, 4 s, 12 min, 5 h, 14 days: one unit, the largest that is at least one.</summary>
    public string Duration(TimeSpan span)
    {
        var length = span.Duration();
        return length switch
        {
            { TotalMilliseconds: < 10 } => Number(length.TotalMilliseconds) + " ms",
            { TotalMilliseconds: < 1000 } => Count(Math.Floor(length.TotalMilliseconds)) + " ms",
            { TotalSeconds: < 60 } => Count(Math.Floor(length.TotalSeconds)) + " s",
            { TotalMinutes: < 60 } => Count(Math.Floor(length.TotalMinutes)) + " min",
            { TotalHours: < 48 } => Count(Math.Floor(length.TotalHours)) + " h",
            _ => Days((int)length.TotalDays),
        };
    }

    /// <summary>14 days, 1 day.</summary>
    public string Days(int days) => Count(days) + (IsGerman ? days == 1 ? " Tag" : " Tage" : days == 1 ? " day" : " days");

    /// <summary>5 min ago, under 48 hours, in one line; from then on the day, which stays true.</summary>
    public string Ago(DateTimeOffset moment, DateTimeOffset now)
    {
        var age = now - moment;
        return age.TotalHours >= 48 || age < TimeSpan.Zero ? Day(DateOnly.FromDateTime(moment.UtcDateTime))
            : age.TotalSeconds < 1 ? IsGerman ? "jetzt" : "now"
            : (IsGerman ? "vor " + Duration(age) : Duration(age) + " ago").Replace(' ', '\u00A0');
    }

    /// <summary>9.1 GB, in powers of ten as disks are sold.</summary>
    public string Bytes(double? value)
    {
        if (value is not { } known)
        {
            return _unknown;
        }
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var unit = 0;
        while (Math.Abs(known) >= 999.5 && unit < units.Length - 1)
        {
            known /= 1000;
            unit++;
        }
        return Number(known, unit == 0 || known >= 99.95 ? 0 : 1) + " " + units[unit];
    }

    /// <summary>A value of a chart in its unit.</summary>
    public string Value(double? value, Unit unit) => unit switch
    {
        Unit.Share => Share(value),
        Unit.Number => Number(value),
        Unit.Bytes => Bytes(value),
        Unit.Milliseconds => value is { } known ? Duration(TimeSpan.FromMilliseconds(known)) : _unknown,
        _ => Count(value),
    };

    /// <summary>A value beside a grid line: as short as it can be and still exact.</summary>
    public string Tick(double value, Unit unit) => unit switch
    {
        Unit.Share => Percent(value, Exact(value * 100)),
        Unit.Number => Number(value, Exact(value)),
        Unit.Count => Number(value, 0),
        _ => Value(value, unit),
    };

    /// <summary>There is nothing to measure.</summary>
    public static string Nothing => "–";

    private string Share(double? part, int decimals, double least) => part switch
    {
        null => _unknown,
        { } known when double.IsNaN(known) => Nothing,
        > 0 and { } known when known < least => "<" + Percent(least, decimals),
        < 1 and { } known when known > 1 - least => ">" + Percent(1 - least, decimals),
        { } known => Percent(known, decimals),
    };

    private string Percent(double part, int decimals) => Number(part * 100, decimals) + (IsGerman ? Narrow + "%" : "%");

    private static int Exact(double value) => Whole(value) ? 0 : Whole(value * 10) ? 1 : 2;

    private static bool Whole(double value) => Math.Abs(value - Math.Round(value)) < 1e-9 * Math.Max(1, Math.Abs(value));

    private string Scaled(double value, string unit) =>
        Number(value, Math.Abs(value) < 9.995 ? 2 : Math.Abs(value) < 99.95 ? 1 : 0) + " " + unit;

    private string Date(DateOnly day, string[] months, bool year) =>
        day.Day.ToString(CultureInfo.InvariantCulture) + (IsGerman ? ". " : " ") + months[day.Month - 1]
        + (year ? " " + day.Year.ToString(CultureInfo.InvariantCulture) : "");
}

/// <summary>What the numbers of a chart are.</summary>
public enum Unit
{
    Count,
    Share,
    Number,
    Bytes,
    Milliseconds,
}
