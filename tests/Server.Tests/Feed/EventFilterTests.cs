using Telemetry.Server.Feed;
using Telemetry.Server.Model;

namespace Telemetry.Server.Tests.Feed;

/// <summary>Each list of a filter alone, and all of them together.</summary>
public sealed class EventFilterTests
{
    private static readonly StoredReport Stored = new(
        new FeedPosition(1, 1), default, EventKinds.ReportAccepted | EventKinds.ClaimRefused, 0,
        new RandomReports(new Random(1)).Next(1) with
        {
            App = App.RoomVox,
            AppVersion = "1.6.0",
            Claim = new Claim(ClaimVerdict.Refused),
            Environment = new InstallationEnvironment { Country = CountryCode.FromLetters("DE") },
        });

    private static readonly EventFilter All = new()
    {
        Apps = new HashSet<App> { App.FormVox, App.RoomVox },
        Kinds = EventKinds.InstanceReturned | EventKinds.ClaimRefused,
        Countries = new HashSet<CountryCode> { CountryCode.FromLetters("DE"), CountryCode.FromLetters("NL") },
        AppVersions = new HashSet<string> { "1.5.0", "1.6.0" },
        Verdicts = new HashSet<ClaimVerdict> { ClaimVerdict.Refused },
    };

    [Fact]
    public void Nothing_asked_for_is_everything()
    {
        Assert.True(EventFilter.Everything.Matches(Stored));
        Assert.True(new EventFilter().Matches(Stored with { Kinds = EventKinds.None }));
    }

    [Fact]
    public void One_alternative_of_each_list_is_enough_and_every_list_must_have_one()
    {
        Assert.True(All.Matches(Stored));
        Assert.False((All with { Apps = new HashSet<App> { App.FormVox } }).Matches(Stored));
        Assert.False((All with { Kinds = EventKinds.InstanceReturned }).Matches(Stored));
        Assert.False((All with { Countries = new HashSet<CountryCode> { CountryCode.FromLetters("NL") } }).Matches(Stored));
        Assert.False((All with { AppVersions = new HashSet<string> { "1.6.0 " } }).Matches(Stored));
        Assert.False((All with { Verdicts = new HashSet<ClaimVerdict> { ClaimVerdict.Verified } }).Matches(Stored));
    }

    [Fact]
    public void Each_list_selects_alone()
    {
        Assert.True(new EventFilter { Apps = All.Apps }.Matches(Stored));
        Assert.True(new EventFilter { Kinds = All.Kinds }.Matches(Stored));
        Assert.True(new EventFilter { Countries = All.Countries }.Matches(Stored));
        Assert.True(new EventFilter { AppVersions = All.AppVersions }.Matches(Stored));
        Assert.True(new EventFilter { Verdicts = All.Verdicts }.Matches(Stored));
        Assert.False(new EventFilter { Kinds = EventKinds.AppVersionChanged }.Matches(Stored));
    }
}
