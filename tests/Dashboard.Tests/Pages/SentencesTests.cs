using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Pages;
using Telemetry.Dashboard.Tests.Data;
using Date = Google.Type.Date;

namespace Telemetry.Dashboard.Tests.Pages;

public sealed class SentencesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    private readonly FakeFleet _fleet = new();
    private readonly Catalog _catalog;

    public SentencesTests() => _catalog = new Catalog(_fleet.Client, new Rights(_fleet.Client, _fleet.Session), _fleet.Session);

    [Fact]
    public void The_overview_says_how_many_how_that_changed_and_what_needs_somebody()
    {
        var overview = Overview();

        Assert.Equal(
            "**2,594 installations** reported in the last 7 days, **21.1% more** than 90 days before. Yesterday 17 were new and 14 changed version. **2 things need you.**",
            Sentences.Overview(Words.English, overview, 7, 90));
        Assert.Equal(
            "**2.594 Installationen** berichteten in den letzten 7 Tagen, **21,1\u202f% mehr** als 90 Tage davor. Gestern waren 17 neu und 14 wechselten die Version. **2 Dinge sind zu tun.**",
            Sentences.Overview(Words.German, overview, 7, 90));
    }

    [Fact]
    public void One_day_is_named_and_what_there_is_nothing_to_compare_with_is_left_out()
    {
        var overview = Overview();
        overview.Figures.Active1 = new ComparedCount { Value = 1 };
        overview.Figures.VersionChanges.Value = 0;
        overview.Attention.Clear();

        Assert.Equal("**1 installation** reported on 26 November. Yesterday 17 were new. Nothing needs you.", Sentences.Overview(Words.English, overview, 1, 30));
        Assert.Equal("**1 Installation** berichtete am 26. November. Gestern waren 17 neu. Nichts ist zu tun.", Sentences.Overview(Words.German, overview, 1, 30));
    }

    [Theory]
    [InlineData(105, 100, "**5.0% more** than 90 days before")]
    [InlineData(95, 100, "**5.0% fewer** than 90 days before")]
    [InlineData(100, 100, "as many as 90 days before")]
    [InlineData(516, 32, "**16.1 times as many** as 90 days before")]
    [InlineData(5, 0, null)]
    [InlineData(5, -1, null)]
    public void A_change_is_more_fewer_as_many_or_not_told(int now, int before, string? said)
    {
        var count = new ComparedCount { Value = (ulong)now };
        if (before >= 0)
        {
            count.Previous = (ulong)before;
        }

        Assert.Equal(said, Sentences.Change(Words.English, count, 90));
    }

    [Fact]
    public void Releases_say_how_far_the_newest_came_how_the_one_before_did_and_who_cannot_follow()
    {
        var answer = new GetReleasesResponse
        {
            Day = On(2026, 11, 26),
            Installations = 810,
            Releases =
            {
                new Release { Version = "2.0.0", FirstSeen = On(2026, 11, 24), Installations = 228, Adoption = { 0.01, 0.2, 0.281 } },
                new Release { Version = "1.8.1", FirstSeen = On(2026, 8, 31), Installations = 526, Adoption = { 0.1, 0.5, 0.814 } },
            },
            Behind = { new BehindReason { Field = "environment.php_version", Has = "8.3", Installations = 531 }, new BehindReason { Installations = 35 } },
        };

        Assert.Equal(
            "RoomVox **2.0.0 reached 28.1%** in 2 days; 1.8.1 had 81.4% by then. Of 566 behind it, **531 cannot update or may not be able to**; 35 could.",
            Sentences.Releases(Words.English, answer, "RoomVox"));
        Assert.Equal("No installation of RoomVox tells its version.", Sentences.Releases(Words.English, new GetReleasesResponse(), "RoomVox"));
    }

    [Fact]
    public void Explore_names_what_leads_and_how_many_do_not_say()
    {
        var answer = Answer(("DE", 608, 602), ("NL", 195, 200));
        answer.Groups.Add(new Group { Keys = { new GroupKey { Unknown = true } }, Figures = { Of(68) } });

        Assert.Equal(
            "**Germany** leads with **608 installations** (23.5%), **1.0% more** than 90 days before. 68 (2.6%) do not say.",
            Sentences.Explore(Words.English, answer, Names(Words.English), "environment.country", "", isCount: true, 90));
        Assert.Equal(
            "**Deutschland** führt mit **608 Installationen** (23,5\u202f%), **1,0\u202f% mehr** als 90 Tage davor. 68 (2,6\u202f%) sagen es nicht.",
            Sentences.Explore(Words.German, answer, Names(Words.German), "environment.country", "", isCount: true, 90));
    }

    [Theory]
    [InlineData("environment.php_version", "8.3", "**PHP 8.3** leads with **608 installations** (23.5%).")]
    [InlineData("environment.container", "false", "**Container: no** leads with **608 installations** (23.5%).")]
    public void A_value_that_says_nothing_alone_is_told_with_its_field(string field, string value, string said) =>
        Assert.Equal(said, Sentences.Explore(Words.English, Answer((value, 608, 0)), Names(Words.English), field, "", isCount: true, 90));

    [Fact]
    public void Quality_counts_what_was_refused_and_what_looks_like_several()
    {
        var quality = new GetDataQualityResponse { Accepted = 1, RefusedSince = Timestamp.FromDateTimeOffset(Now) };
        Assert.Equal("**1 report** was accepted in 7 days. None was refused since the server started. ", Sentences.Quality(Words.English, quality, 7));

        quality.Accepted = 16_551;
        quality.Refused.Add(new RefusedByRule { Field = "country", Rule = "x", Reports = 3 });
        quality.Clones.Add(new PossibleClone());
        Assert.Equal(
            "**16,551 reports** were accepted in 7 days. **3 were refused** since 27 Nov 2026, 08:00:00 UTC. 1 installation looks like several under one hash.",
            Sentences.Quality(Words.English, quality, 7));
    }

    [Fact]
    public void What_needs_somebody_is_said_with_its_figures_and_in_the_right_case()
    {
        var stalling = new Attention { StallingRelease = new StallingRelease { App = "roomvox", Version = "2.0.0", Days = 33, Share = 0.281, EarlierVersion = "1.8.1", EarlierShare = 0.814 } };

        Assert.Equal(
            ("roomvox 2.0.0 does not spread.", "33 days after it was first seen 28.1% have it; 1.8.1 had 81.4% by then."),
            Sentences.Attention(Words.English, stalling, _catalog, Names(Words.English)));
        Assert.Equal(
            "33 Tage nach dem ersten Auftauchen haben es 28,1\u202f%; 1.8.1 hatte da 81,4\u202f%.",
            Sentences.Attention(Words.German, stalling, _catalog, Names(Words.German)).Why);
        Assert.Equal(
            ("1 license ends within 14 days.", "The first on 7 December."),
            Sentences.Attention(Words.English, new Attention { EndingLicenses = new EndingLicenses { Licenses = 1, FirstEnd = On(2026, 12, 7) } }, _catalog, Names(Words.English)));
        Assert.Equal(
            ("The disk is 93.0% full.", "At the pace of the last 7 days it is full in 1 day."),
            Sentences.Attention(Words.English, new Attention { FillingDisk = new FillingDisk { Used = 0.93, DaysLeft = 1 } }, _catalog, Names(Words.English)));
    }

    [Fact]
    public void The_matrix_names_the_most_common_platform()
    {
        var matrix = new Matrix("Nextcloud", "PHP", [new("34"), new("unknown", Unknown: true)], [new("8.3"), new("8.4")], [[178, 173], [3, 0]]);

        Assert.Equal(
            "**PHP 8.3 on Nextcloud 34** is the most common platform of RoomVox: 178 installations (50.3%). 3 (0.8%) do not say both.",
            Sentences.Matrix(Words.English, matrix, "RoomVox"));
    }

    private Names Names(Words words) => new(words, _catalog, (_, code) => (code, words == Words.German) switch { ("DE", true) => "Deutschland", ("DE", false) => "Germany", _ => null });

    private static GetOverviewResponse Overview() => new()
    {
        Day = On(2026, 11, 26),
        Time = Timestamp.FromDateTimeOffset(Now),
        Figures = new FleetFigures
        {
            Active1 = new ComparedCount(),
            Active7 = new ComparedCount { Value = 2594, Previous = 2142 },
            New = new ComparedCount { Value = 17 },
            VersionChanges = new ComparedCount { Value = 14 },
        },
        Attention = { new Attention(), new Attention() },
    };

    private static QueryResponse Answer(params (string Value, double Now, double Before)[] groups)
    {
        var answer = new QueryResponse { Total = new Group { Figures = { Of(2591) } } };
        foreach (var (value, now, before) in groups)
        {
            var group = new Group { Keys = { new GroupKey { Value = value } }, Figures = { Of(now) } };
            if (before > 0)
            {
                group.Previous.Add(Of(before));
            }

            answer.Groups.Add(group);
        }

        return answer;
    }

    private static Contracts.V1.Figures Of(double value) => new() { Values = { value } };

    private static Date On(int year, int month, int day) => new() { Year = year, Month = month, Day = day };
}
