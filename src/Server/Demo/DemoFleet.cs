namespace Telemetry.Server.Demo;

/// <summary>A simulated fleet: who reports when, from its first day on and without end.</summary>
/// <remarks>Nothing of it is kept but its first day: every other day follows from it. Threading: one caller at a time.</remarks>
/// <param name="firstDay">The day on which its first installations report.</param>
internal sealed class DemoFleet(DateOnly firstDay)
{
    /// <summary>The past that a new fleet is given.</summary>
    public const int PastDays = 400;

    private const int OriginalsPerCopy = 210;
    private const int CopyNumbers = 1_000_000;

    private readonly List<DemoInstallation> _installations = [];
    private int _sites;
    private int _grownThrough = -1;

    public DateOnly FirstDay => firstDay;

    public int DayOf(DateOnly date) => date.DayNumber - firstDay.DayNumber;

    /// <summary>All reports of a day, in their order.</summary>
    public IReadOnlyList<DemoReport> ReportsOn(DateOnly date)
    {
        var day = DayOf(date);
        Grow(day);
        var reports = new List<DemoReport>();
        var midnight = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        var isWeekend = date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        foreach (var installation in _installations)
        {
            if (installation.MinuteOn(day, isWeekend) is { } minute && !IsOutage(date, minute))
            {
                // Within the minute where its number puts it.
                var at = midnight.AddMinutes(minute).AddMilliseconds(installation.Site.Number * 7_919L % 60_000);
                reports.Add(new DemoReport(at, day, installation));
            }
        }

        reports.Sort((one, other) => one.At.CompareTo(other.At));
        return reports;
    }

    /// <summary>On a Wednesday some weeks before the 400th day the vendor's network is down from early morning to evening.</summary>
    private bool IsOutage(DateOnly date, int minute) =>
        date.DayOfWeek == DayOfWeek.Wednesday && DayOf(date) is >= 355 and < 362 && minute is > 4 * 60 and < 19 * 60;

    /// <summary>Sites come into being day by day.</summary>
    private void Grow(int day)
    {
        while (_grownThrough < day)
        {
            _grownThrough++;
            for (var births = BirthsOn(_grownThrough); births > 0; births--)
            {
                AddSite(_grownThrough);
            }
        }
    }

    /// <summary>First those come that were there before and get the first release that reports; then new ones, every month a few more.</summary>
    private int BirthsOn(int day)
    {
        var old = 27 * Math.Exp(-day / 16.0);
        var added = 7.2 + (day / 150.0);
        var isWeekend = firstDay.AddDays(day).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        // In the week after a large release the press writes about it.
        var heard = day is >= 206 and < 212 ? 2.4 : 1;
        var luck = 0.6 + (0.8 * new Draw(0).For(Trait.Births).For(day).Unit);
        return (int)Math.Round((old + (added * heard)) * luck * (isWeekend ? 0.55 : 1));
    }

    private void AddSite(int day)
    {
        var site = new DemoSite(_sites++, day);
        var first = _installations.Count;
        foreach (var app in DemoApp.Of(site.Draw.For(Trait.Apps)))
        {
            // Who likes the first one tries another, at once or some time later.
            var later = site.Draw.For(Trait.Later).For(app.Number);
            var birth = day + (_installations.Count == first || later.Happens(0.45) ? 0 : (int)(later.For(1).Unit * 170));
            _installations.Add(new DemoInstallation(site, app, birth));
        }

        if (site.Number % OriginalsPerCopy == OriginalsPerCopy / 4)
        {
            var begin = day + 20 + (int)(site.Draw.For(Trait.Copy).Unit * 120);
            var copy = new DemoSite(CopyNumbers + site.Number, begin, site);
            var original = _installations[first];
            _installations.Add(new DemoInstallation(copy, DemoApp.Of(site.Draw.For(Trait.Apps))[0], begin, original));
        }
    }
}

/// <summary>That an installation reports.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Day">The day of the simulation.</param>
/// <param name="Installation">Which.</param>
internal readonly record struct DemoReport(DateTimeOffset At, int Day, DemoInstallation Installation);
