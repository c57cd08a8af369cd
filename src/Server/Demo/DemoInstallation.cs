using System.Buffers.Binary;
using Google.Protobuf.WellKnownTypes;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Demo;

/// <summary>One app of one site, from its first report to its last.</summary>
internal sealed class DemoInstallation
{
    private const int DayMinutes = 24 * 60;
    private const int JitterMinutes = 12;

    /// <summary>A copy reports at its own hour, so that both are heard every day.</summary>
    private const int CopyMinutes = 7 * 60;

    private readonly DemoApp _app;
    private readonly Draw _draw;
    private readonly int _end;
    private readonly int _minute;

    /// <param name="site">Where it runs.</param>
    /// <param name="app">Which app.</param>
    /// <param name="birth">On which day it first reports.</param>
    /// <param name="original">The installation that it is a copy of.</param>
    public DemoInstallation(DemoSite site, DemoApp app, int birth, DemoInstallation? original = null)
    {
        Site = site;
        Birth = birth;
        _app = app;
        _draw = site.Draw.For(app.Number);
        _end = birth + (original is null ? LifeOf(_draw) : 90 + (int)(400 * _draw.For(Trait.Life).Unit));
        _minute = (original is null ? MinuteOf(_draw, site.Place) : original._minute + CopyMinutes) % DayMinutes;
        Claim = original is null ? DemoLicense.ClaimOf(site, app.Slug, birth, _draw) : null;
    }

    public DemoSite Site { get; }

    /// <summary>The app's slug.</summary>
    public string App => _app.Slug;

    public int Birth { get; }

    /// <summary>What it claims about a subscription; null when nothing.</summary>
    public DemoClaim? Claim { get; }

    /// <summary>When it reports on a day, in minutes from the day's beginning; null when it does not.</summary>
    public int? MinuteOn(int day, bool isWeekend)
    {
        if (day < Birth || day >= _end || Site.IsSilent(day) || (day > Birth && isWeekend && Site.RestsAtWeekends))
        {
            return null;
        }

        var today = _draw.For(Trait.Absent).For(day);
        return day > Birth && today.Happens(0.025)
            ? null
            : (_minute + (int)(today.For(Trait.Jitter).Unit * JitterMinutes)) % DayMinutes;
    }

    /// <summary>Its report of a day, always the same one.</summary>
    /// <param name="day">The day.</param>
    /// <param name="licenseKeys">Keys by license.</param>
    public Wire.Report ReportOn(int day, Func<DemoLicense, string> licenseKeys)
    {
        var release = ReleaseOn(day);
        var environment = Site.EnvironmentOn(day, _app.StandsAlone);
        var usage = _app.UsageOf(new DemoFigures(
            _draw.For(Trait.Figures), day - Birth, Site.UserCountOn(day), release,
            environment.Language.Length > 0 ? environment.Language : "en"));
        var report = new Wire.Report
        {
            ReportId = IdOn(day),
            InstanceHash = Site.Hash,
            App = App,
            AppVersion = _app.Releases[release].Version,
            SchemaVersion = release > 3 ? 2u : 1u,
            Environment = environment,
            Subscription = SubscriptionOn(day, licenseKeys),
            Usage = Any.Pack(usage),
        };
        if (Site.UsersOn(day) is { } users)
        {
            report.Users = users;
        }

        return report;
    }

    /// <summary>Index of the release that it has: the newest that came to it, and runs there.</summary>
    public int ReleaseOn(int day)
    {
        var index = _app.Releases.Length - 1;
        while (index > 0 && !Has(index, day))
        {
            index--;
        }

        // Some go back, and wait for the next one.
        return _app.Releases[index].IsBad && _draw.For(Trait.RollBack).Happens(0.2) && Has(index, day - 2) && day - 2 > Birth
            ? index - 1
            : index;
    }

    private bool Has(int index, int day)
    {
        var release = _app.Releases[index];
        return (_app.StandsAlone || Site.PhpOn(day) >= release.Needs)
            && (release.Day <= Birth || release.Day + 0.5 + _draw.For(Trait.Update).For(index).Waiting(Site.UpdateDays) <= day);
    }

    private Wire.Subscription SubscriptionOn(int day, Func<DemoLicense, string> licenseKeys)
    {
        var subscription = new Wire.Subscription();
        if (!_app.StandsAlone && Site.Draw.For(Trait.TellsPlatform).For(2).Happens(0.9))
        {
            subscription.ValidSubscription = Site.Draw.For(Trait.Subscription).Happens(0.06);
        }

        subscription.ExtendedSupport = Claim?.From <= day;
        subscription.Key = subscription.ExtendedSupport ? Claim!.KeyWith(licenseKeys) : "";
        return subscription;
    }

    private string IdOn(int day)
    {
        Span<byte> id = stackalloc byte[16];
        var draw = _draw.For(Trait.ReportId).For(day);
        BinaryPrimitives.WriteUInt64LittleEndian(id, draw.Bits);
        BinaryPrimitives.WriteUInt64LittleEndian(id[8..], draw.For(1).Bits);
        return new Guid(id).ToString("D");
    }

    /// <summary>Many only look once, or for a few weeks; who stays, stays long.</summary>
    private static int LifeOf(Draw draw)
    {
        var length = draw.For(Trait.Life);
        return draw.For(Trait.LifeKind).Pick<int>(
            (9, 1), (24, 3 + (int)length.Waiting(14)), (26, 50 + (int)length.Waiting(140)), (41, 420 + (int)length.Waiting(1_200)));
    }

    /// <summary>Half of all report at night where they are, when background jobs run; the rest when they were installed.</summary>
    private static int MinuteOf(Draw draw, DemoPlace place)
    {
        var local = draw.For(Trait.HourKind).Pick<double>(
            (5, 1 + (4 * draw.For(Trait.Hour).Unit)), (3, 8 + (10 * draw.For(Trait.Hour).Unit)), (2, 24 * draw.For(Trait.Hour).Unit));
        return ((int)((local - place.Offset) * 60) + DayMinutes) % DayMinutes;
    }
}
