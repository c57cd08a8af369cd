namespace Telemetry.Server.Demo;

/// <summary>A release of an app, or of what apps run on.</summary>
/// <param name="Version">E.g. "1.6.0"; of a platform its series, e.g. "8.4".</param>
/// <param name="Day">On which day of the simulation it came out; below 0 before it began.</param>
/// <param name="Needs">Index of the oldest runtime series that it runs on.</param>
/// <param name="IsBad">Whether some went back from it.</param>
internal sealed record DemoRelease(string Version, int Day, int Needs = 0, bool IsBad = false);

/// <summary>Which releases there are, and which of them an installation has on a day. All of it is made up.</summary>
internal static class DemoReleases
{
    private const int PatchDays = 28;

    public static readonly DemoRelease[] Nextcloud =
    [
        new("28", -720), new("29", -560), new("30", -410), new("31", -265), new("32", -50), new("33", 130, Needs: 1),
        new("34", 300, Needs: 2), new("35", 470, Needs: 2),
    ];

    public static readonly DemoRelease[] Php =
        [new("8.1", -1450), new("8.2", -1050), new("8.3", -680), new("8.4", -310), new("8.5", 20), new("8.6", 385)];

    public static readonly DemoRelease[] Dotnet = [new("8.0", -690), new("9.0", -330), new("10.0", 30), new("11.0", 395)];

    /// <summary>2.0.0 needs PHP 8.4: it spreads to where that is, and no further.</summary>
    public static readonly DemoRelease[] RoomVox =
    [
        new("1.1.0", -900), new("1.3.0", -130), new("1.4.0", -60), new("1.4.1", -20), new("1.5.0", 45), new("1.5.1", 62),
        new("1.6.0", 120), new("1.6.1", 141), new("1.7.0", 205), new("1.7.1", 223), new("1.8.0", 276),
        new("1.8.1", 312), new("2.0.0", 366, Needs: 3), new("2.0.1", 430, Needs: 3), new("2.1.0", 475, Needs: 3),
    ];

    public static readonly DemoRelease[] FormVox =
    [
        new("1.0.4", -900), new("1.2.0", -75), new("1.2.1", -30), new("1.3.0", 88), new("1.4.0", 190, IsBad: true), new("1.4.1", 204),
        new("1.5.0", 295), new("1.6.0", 377), new("1.7.0", 460),
    ];

    public static readonly DemoRelease[] MetaVox =
        [new("1.9.2", -900), new("2.0.0", -90), new("2.0.5", -15), new("2.1.0", 130), new("2.2.0", 262), new("2.2.1", 275), new("2.3.0", 392)];

    public static readonly DemoRelease[] IntraVox =
        [new("2.1.0", -900), new("2.2.0", -40), new("2.3.0", 70), new("2.3.1", 84), new("2.4.0", 236), new("3.0.0", 352), new("3.1.0", 440)];

    public static readonly DemoRelease[] IntroVox =
        [new("1.6.0", -900), new("1.7.0", -50), new("1.7.6", 20), new("1.8.0", 172), new("1.9.0", 320), new("2.0.0", 430)];

    public static readonly DemoRelease[] Shelfmark =
        [new("0.9.4", -900), new("0.9.5", 40), new("1.0.0", 110), new("1.0.1", 131), new("1.1.0", 250), new("1.2.0", 366), new("1.3.0", 455)];

    /// <summary>Index of the series that somebody who takes so long over each has on a day.</summary>
    /// <param name="series">Oldest first.</param>
    /// <param name="day">The day.</param>
    /// <param name="lag">Days that he takes.</param>
    /// <param name="runtime">Index of the runtime's series below it.</param>
    public static int SeriesOn(DemoRelease[] series, int day, double lag, int runtime = int.MaxValue)
    {
        var index = series.Length - 1;
        while (index > 0 && (series[index].Day + lag > day || series[index].Needs > runtime))
        {
            index--;
        }

        return index;
    }

    /// <summary>How many patches of a series are out and installed.</summary>
    /// <param name="series">Which.</param>
    /// <param name="day">The day.</param>
    /// <param name="lag">Days from a patch to its installation.</param>
    /// <param name="end">After so many there are no more.</param>
    public static int PatchOn(DemoRelease series, int day, double lag, int end) =>
        Math.Clamp((int)((day - series.Day - lag) / PatchDays), 0, end);
}
