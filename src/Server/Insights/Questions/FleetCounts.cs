namespace Telemetry.Server.Insights.Questions;

/// <summary>The headline figures of a day.</summary>
internal sealed record FleetCounts
{
    public long Active1 { get; init; }

    public long Active7 { get; init; }

    public long Active30 { get; init; }

    public long New { get; init; }

    public long Returned { get; init; }

    public long Silent { get; init; }

    public long Gone { get; init; }

    /// <summary>Gone on the day, and active in 30 days 30 days before.</summary>
    public long Lost { get; init; }

    public long Known { get; init; }

    public long OneShots { get; init; }

    public long VersionChanges { get; init; }

    public static FleetCounts operator +(FleetCounts left, FleetCounts right) => new()
    {
        Active1 = left.Active1 + right.Active1,
        Active7 = left.Active7 + right.Active7,
        Active30 = left.Active30 + right.Active30,
        New = left.New + right.New,
        Returned = left.Returned + right.Returned,
        Silent = left.Silent + right.Silent,
        Gone = left.Gone + right.Gone,
        Lost = left.Lost + right.Lost,
        Known = left.Known + right.Known,
        OneShots = left.OneShots + right.OneShots,
        VersionChanges = left.VersionChanges + right.VersionChanges,
    };
}

/// <summary>The headline figures of an app.</summary>
/// <param name="App">The app.</param>
/// <param name="Counts">Those of the day.</param>
/// <param name="Before">Those of the day to compare with; null when nothing is known of it.</param>
/// <param name="People">The sum of accounts of those active in 30 days, by their latest reports.</param>
/// <param name="PeopleUnknown">How many of those do not tell their accounts.</param>
/// <param name="NewInWeekBefore">New ones of the 7 days that end with the day before.</param>
internal sealed record AppCounts(
    string App, FleetCounts Counts, FleetCounts? Before, UInt128 People, long PeopleUnknown, long NewInWeekBefore);
