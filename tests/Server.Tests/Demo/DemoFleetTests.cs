using Google.Protobuf;
using Telemetry.Schema;
using Telemetry.Server.Demo;
using Telemetry.Server.Ingestion;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Demo;

public sealed class DemoFleetTests
{
    private static readonly DateOnly FirstDay = new(2025, 10, 23);
    private static readonly DateOnly LastDay = FirstDay.AddDays(DemoFleet.PastDays);

    /// <summary>Which days each installation reports on; the same for all tests.</summary>
    private static readonly Lazy<Dictionary<DemoInstallation, List<int>>> Past = new(() =>
    {
        var fleet = new DemoFleet(FirstDay);
        return Enumerable.Range(0, DemoFleet.PastDays + 1)
            .SelectMany(day => fleet.ReportsOn(FirstDay.AddDays(day)))
            .GroupBy(report => report.Installation)
            .ToDictionary(reports => reports.Key, reports => reports.Select(report => report.Day).ToList());
    });

    [Fact]
    public void A_day_is_the_same_whenever_it_is_asked_for()
    {
        var inOrder = new DemoFleet(FirstDay);
        foreach (var day in new[] { 0, 1, 47, 200 })
        {
            inOrder.ReportsOn(FirstDay.AddDays(day));
        }

        Assert.Equal(BytesOn(LastDay, inOrder), BytesOn(LastDay, new DemoFleet(FirstDay)));
        Assert.Equal(BytesOn(FirstDay.AddDays(47), inOrder), BytesOn(FirstDay.AddDays(47), new DemoFleet(FirstDay)));
    }

    [Fact]
    public void After_400_days_thousands_are_known_of_all_apps_and_about_half_of_them_report()
    {
        Assert.InRange(Past.Value.Count, 4_500, 5_500);
        Assert.InRange(Past.Value.Values.Count(days => days[^1] > DemoFleet.PastDays - 30), 2_000, 3_000);
        string[] apps = [.. new AppRegistry().All.Select(schema => schema.App), "shelfmark"];
        Assert.Equal(apps.Order(StringComparer.Ordinal), Past.Value.Keys.Select(one => one.App).Distinct().Order(StringComparer.Ordinal));
        Assert.All(apps, app => Assert.True(Past.Value.Count(one => one.Key.App == app && one.Value[^1] > DemoFleet.PastDays - 7) > 100));
    }

    [Fact]
    public void Some_look_only_once_some_go_silent_and_some_return_after_a_month()
    {
        Assert.InRange(Past.Value.Values.Count(days => days.Count == 1 && days[0] < DemoFleet.PastDays - 2), 300, 800);
        Assert.InRange(Past.Value.Values.Count(days => DemoFleet.PastDays - days[^1] is >= 7 and < 30), 50, 500);
        Assert.InRange(Past.Value.Values.Count(days => days.Zip(days.Skip(1)).Any(pair => pair.Second - pair.First >= 30)), 120, 600);
    }

    [Fact]
    public void On_one_day_the_network_is_down_and_at_weekends_fewer_report()
    {
        var counts = Past.Value.Values.SelectMany(days => days).CountBy(day => day).ToDictionary();
        int On(int day) => counts[day];

        var bad = Enumerable.Range(355, 7).MinBy(On);
        Assert.Equal(DayOfWeek.Wednesday, FirstDay.AddDays(bad).DayOfWeek);
        Assert.True(On(bad) < 0.6 * On(bad - 7), $"{On(bad)} reports on the bad day, {On(bad - 7)} a week before");
        var saturday = Enumerable.Range(380, 7).Single(day => FirstDay.AddDays(day).DayOfWeek == DayOfWeek.Saturday);
        Assert.True(On(saturday) < 0.95 * On(saturday - 2));
    }

    [Fact]
    public void A_release_spreads_and_one_stalls_because_it_needs_a_newer_PHP()
    {
        var earlier = VersionsOf("roomvox", 276 + 34);
        Assert.True(ShareOf(earlier, version => version >= new Version(1, 8)) > 0.75);

        var reports = ReportsOf("roomvox", DemoFleet.PastDays);
        var stalled = ShareOf(VersionsOf("roomvox", DemoFleet.PastDays), version => version.Major == 2);
        Assert.InRange(stalled, 0.15, 0.38);
        Assert.InRange(ShareOf(VersionsOf("roomvox", 388), version => version.Major == 2), stalled - 0.08, stalled);
        Assert.DoesNotContain(reports, report => report.AppVersion.StartsWith('2') && report.Environment.PhpVersion is ['8', '.', '1' or '2' or '3', ..]);
    }

    [Fact]
    public void Platforms_move_on_and_people_come()
    {
        var before = ReportsOf("formvox", 60);
        var after = ReportsOf("formvox", DemoFleet.PastDays);

        Assert.DoesNotContain(before, report => report.Environment.NextcloudVersion.StartsWith("34.", StringComparison.Ordinal));
        Assert.True(after.Count(report => report.Environment.NextcloudVersion.StartsWith("34.", StringComparison.Ordinal)) > after.Count / 4);
        Assert.True(after.Average(report => (double)(report.Users?.Total ?? 0)) > 0);
        var stayed = before.Join(after, report => report.InstanceHash, report => report.InstanceHash, (old, now) => (Old: old, Now: now))
            .Where(pair => pair.Old.Users is not null).ToList();
        Assert.True(stayed.Sum(pair => pair.Now.Users.Total) > 1.1 * stayed.Sum(pair => pair.Old.Users.Total));
        Assert.True(stayed.Sum(pair => (long)FormsOf(pair.Now)) > stayed.Sum(pair => (long)FormsOf(pair.Old)));
    }

    [Fact]
    public void Copies_report_under_their_originals_hash_with_other_versions_and_people()
    {
        var twice = Past.Value.Keys.GroupBy(one => (one.Site.Hash, one.App)).Where(group => group.Count() == 2).ToList();
        Assert.InRange(twice.Count, 10, 40);

        // On one day both are heard, far enough apart to be taken.
        var both = twice.Select(pair => (One: pair.First(), Two: pair.Last()))
            .Select(pair => (pair.One, pair.Two, Days: Past.Value[pair.One].Intersect(Past.Value[pair.Two]).ToList()))
            .Where(pair => pair.Days.Count > 30).ToList();
        Assert.NotEmpty(both);
        Assert.All(both, pair => Assert.True(
            Math.Abs(pair.One.MinuteOn(pair.Days[0], false)!.Value - pair.Two.MinuteOn(pair.Days[0], false)!.Value) > 60));
        Assert.Contains(both, pair => Report(pair.One, pair.Days[^1]).AppVersion != Report(pair.Two, pair.Days[^1]).AppVersion);
        Assert.Contains(both, pair => Report(pair.One, pair.Days[^1]).Users?.Total > 3 * Report(pair.Two, pair.Days[^1]).Users?.Total);
    }

    [Fact]
    public void Every_report_passes_validation_and_no_value_of_it_is_dropped()
    {
        var apps = new AppRegistry();
        apps.Add(new RegisteredContract(
            AppContract.Read(DemoContract.Bytes.Span), 1, DateTimeOffset.UnixEpoch, DemoContract.Bytes.Memory));
        var fleet = new DemoFleet(FirstDay);
        // Every third week, and beyond the past that a demo is given.
        var reports = Enumerable.Range(0, 24).AsParallel().Select(week => week * 21)
            .SelectMany(day => Locked(fleet, day).Select(report => report.Installation.ReportOn(day, license => license.Customer)))
            .Select(report => SubmittedReport.FromWire(report.ToByteArray(), apps)).ToList();

        Assert.True(reports.Count > 10_000);
        Assert.DoesNotContain(reports, report => report.Violations.Count + report.Dropped.Count + report.UnknownFields > 0);
    }

    [Fact]
    public void Some_values_are_unknown_and_some_countries_come_from_the_timezone()
    {
        var fleet = new DemoFleet(FirstDay);
        var reports = fleet.ReportsOn(LastDay).Select(report => Report(report.Installation, report.Day)).ToList();

        Assert.InRange(reports.Count(report => report.Users is null) / (double)reports.Count, 0.01, 0.1);
        Assert.Contains(reports, report => report.Environment is { PhpVersion: "", DotnetVersion: "" });
        Assert.Contains(reports, report => report.Environment is { Database: Wire.Database.Unspecified });
        Assert.Contains(reports, report => report.Environment is { HasContainer: false });
        Assert.Contains(reports, report => report.Environment is { Country: "", Timezone: "UTC" });
        Assert.InRange(
            reports.Count(report => report.Environment is { Country: "", Timezone: not "UTC" }) / (double)reports.Count, 0.2, 0.6);
    }

    private static IReadOnlyList<DemoReport> Locked(DemoFleet fleet, int day)
    {
        lock (fleet)
        {
            return fleet.ReportsOn(FirstDay.AddDays(day));
        }
    }

    private static Wire.Report Report(DemoInstallation installation, int day) =>
        installation.ReportOn(day, license => license.Customer);

    private static List<ByteString> BytesOn(DateOnly date, DemoFleet fleet) =>
        [.. fleet.ReportsOn(date).Select(report => Report(report.Installation, report.Day).ToByteString())];

    private static List<Wire.Report> ReportsOf(string app, int day) =>
        [.. new DemoFleet(FirstDay).ReportsOn(FirstDay.AddDays(day)).Where(report => report.Installation.App == app)
            .Select(report => Report(report.Installation, report.Day))];

    private static List<Version> VersionsOf(string app, int day) =>
        [.. ReportsOf(app, day).Select(report => Version.Parse(report.AppVersion))];

    private static double ShareOf(List<Version> versions, Func<Version, bool> of) => versions.Count(of) / (double)versions.Count;

    private static uint FormsOf(Wire.Report report) =>
        report.Usage.Unpack<Contracts.Apps.FormVox.V1.Usage>().Forms;
}
