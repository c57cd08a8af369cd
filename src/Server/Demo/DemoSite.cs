using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Demo;

/// <summary>A server that somebody runs: where it stands, on what it runs, how well it is kept, how many people use it.</summary>
/// <remarks>Everything follows from its number and a day.</remarks>
internal sealed class DemoSite
{
    private const ulong Seed = 20_261_127;

    private readonly double _runtimeLag;
    private readonly double _platformLag;
    private readonly double _patchLag;
    private readonly double _users;
    private readonly double _growth;
    private readonly (int Begin, int End) _gap;

    /// <param name="number">Its place in the order of birth.</param>
    /// <param name="birth">On which day it first reports.</param>
    /// <param name="original">The site that it is a copy of, address and all: a test system, as a rule.</param>
    public DemoSite(int number, int birth, DemoSite? original = null)
    {
        Draw = new Draw(Seed).For(Trait.Site).For(number);
        Number = number;
        Birth = birth;
        var url = string.Create(CultureInfo.InvariantCulture, $"https://demo-{number:0000}.example");
        Hash = original?.Hash ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)));
        Place = original?.Place ?? DemoPlace.Of(Draw.For(Trait.Place));
        // From keen to careless; what is behind with one thing is behind with others.
        var care = Draw.For(Trait.Care).Around(1, 0.5);
        _runtimeLag = Draw.For(Trait.RuntimeLag).Around(880 * Math.Sqrt(care), 0.45);
        _platformLag = Draw.For(Trait.PlatformLag).Around(60 * care, 0.9);
        _patchLag = Draw.For(Trait.FreezesPatches).Happens(0.2) ? double.PositiveInfinity : Draw.For(Trait.PatchLag).Waiting(20 * care);
        // A copy is not kept.
        UpdateDays = original is null
            ? Draw.For(Trait.Update).Pick<double>((0.42, 2), (0.36, 14), (0.17, 70), (0.05, 2_000)) * care
            : double.PositiveInfinity;
        _users = original is null ? Math.Clamp(Draw.For(Trait.Users).Around(38, 1.45), 1, 60_000) : 3;
        _gap = GapOf(Draw, birth);
        _growth = Draw.For(Trait.Growth).Around(1.09, 0.11);
    }

    public Draw Draw { get; }

    public int Number { get; }

    public int Birth { get; }

    /// <summary>By what the server tells installations apart: a copy has its original's.</summary>
    public string Hash { get; }

    public DemoPlace Place { get; }

    /// <summary>Days from a release of an app to its installation, on average.</summary>
    public double UpdateDays { get; }

    /// <summary>Whether nobody switches it on at weekends.</summary>
    public bool RestsAtWeekends => Draw.For(Trait.Weekends).Happens(0.13);

    /// <summary>Whether it is off for a while: a move, a broken job, a long vacation.</summary>
    public bool IsSilent(int day) => day >= _gap.Begin && day < _gap.End;

    public int PhpOn(int day) => DemoReleases.SeriesOn(DemoReleases.Php, day, _runtimeLag);

    /// <param name="day">The day.</param>
    /// <param name="standsAlone">Whether the app runs by itself, on .NET, and not within Nextcloud.</param>
    public Wire.Environment EnvironmentOn(int day, bool standsAlone)
    {
        var tells = Draw.For(Trait.TellsTimezone).Happens(0.93);
        var environment = new Wire.Environment
        {
            Country = Draw.For(Trait.TellsCountry).Happens(0.58) ? Place.Country : "",
            Timezone = tells ? Place.Timezone : "UTC",
            Language = Draw.For(Trait.TellsLanguage).Happens(0.96) ? Place.Language : "",
            OsFamily = standsAlone && Draw.For(Trait.Container).Happens(0.2) ? Wire.OsFamily.Windows : Wire.OsFamily.Linux,
            Database = Draw.For(Trait.Database).Pick<Wire.Database>(
                (40, Wire.Database.Mysql), (28, Wire.Database.Mariadb), (24, Wire.Database.Postgresql), (5, Wire.Database.Sqlite),
                (1, Wire.Database.Oracle), (2, Wire.Database.Unspecified)),
            WebServer = standsAlone ? Wire.WebServer.Kestrel : Draw.For(Trait.WebServer).Pick<Wire.WebServer>(
                (44, Wire.WebServer.Apache), (27, Wire.WebServer.Nginx), (4, Wire.WebServer.Caddy), (2, Wire.WebServer.Litespeed),
                (23, Wire.WebServer.Unspecified)),
        };
        if (Draw.For(Trait.TellsPlatform).Happens(0.97))
        {
            environment.Container = Draw.For(Trait.Container).Happens(0.46);
        }

        if (standsAlone)
        {
            var dotnet = DemoReleases.Dotnet[DemoReleases.SeriesOn(DemoReleases.Dotnet, day, _platformLag * 2)];
            environment.DotnetVersion = Versioned($"{dotnet.Version}.{DemoReleases.PatchOn(dotnet, day, _patchLag, 22)}");
            return environment;
        }

        var php = PhpOn(day);
        var nextcloud = DemoReleases.Nextcloud[DemoReleases.SeriesOn(DemoReleases.Nextcloud, day, _platformLag, php)];
        var patch = DemoReleases.PatchOn(nextcloud, day, _patchLag, 14);
        environment.NextcloudVersion = Versioned($"{nextcloud.Version}.0.{patch}.{(patch == 0 ? 2 : 1)}");
        // Some hosts hide it.
        environment.PhpVersion = Draw.For(Trait.TellsPlatform).For(1).Happens(0.975)
            ? Versioned($"{DemoReleases.Php[php].Version}.{DemoReleases.PatchOn(DemoReleases.Php[php], day, _patchLag, 33)}")
            : "";
        return environment;
    }

    public Wire.Users? UsersOn(int day)
    {
        if (!Draw.For(Trait.TellsUsers).Happens(0.96))
        {
            return null;
        }

        var total = UserCountOn(day);
        var disabled = (uint)(total * 0.12 * Draw.For(Trait.Users).For(1).Unit);
        // Not the same people every month.
        var share = (0.35 + (0.5 * Draw.For(Trait.Users).For(2).Unit)) * (0.97 + (0.06 * Draw.For(Trait.Season).For(day).Unit));
        return new Wire.Users
        {
            Total = total,
            Disabled = disabled,
            Enabled = total - disabled,
            Active30D = (uint)Math.Ceiling((total - disabled) * share),
        };
    }

    public uint UserCountOn(int day) => (uint)Math.Max(1, _users * Math.Pow(_growth, (day - Birth) / 100.0));

    private static (int Begin, int End) GapOf(Draw draw, int birth)
    {
        var begin = birth + 15 + (int)(230 * draw.For(Trait.GapBegin).Unit);
        var length = draw.For(Trait.GapLength);
        return (begin, begin + draw.For(Trait.Gap).Pick<int>(
            (71, 0), (13, 8 + (int)(18 * length.Unit)), (16, 31 + (int)length.Waiting(28))));
    }

    private static string Versioned(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
