using Google.Protobuf;
using Telemetry.Server.Feed;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;
using Telemetry.Schema;

namespace Telemetry.Server.Tests.Feed;

/// <summary>Each list of a filter alone, and all of them together.</summary>
public sealed class EventFilterTests
{
    private static readonly StoredReport Stored = Of(EventKinds.ReportAccepted | EventKinds.ClaimRefused);

    private static readonly EventFilter All = new()
    {
        Apps = new HashSet<string> { "formvox", "roomvox" },
        Kinds = EventKinds.InstanceReturned | EventKinds.ClaimRefused,
        Countries = new HashSet<string> { "DE", "NL" },
        AppVersions = new HashSet<string> { "1.5.0", "1.6.0" },
        Verdicts = new HashSet<ClaimVerdict> { ClaimVerdict.Refused },
    };

    [Fact]
    public void Nothing_asked_for_is_everything()
    {
        Assert.True(EventFilter.Everything.Matches(Stored));
        Assert.True(new EventFilter().Matches(Of(EventKinds.None)));
    }

    [Fact]
    public void One_alternative_of_each_list_is_enough_and_every_list_must_have_one()
    {
        Assert.True(All.Matches(Stored));
        Assert.False((All with { Apps = new HashSet<string> { "formvox" } }).Matches(Stored));
        Assert.False((All with { Kinds = EventKinds.InstanceReturned }).Matches(Stored));
        Assert.False((All with { Countries = new HashSet<string> { "NL" } }).Matches(Stored));
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

    private static StoredReport Of(EventKinds kinds)
    {
        var sent = SampleReports.Of();
        sent.AppVersion = "1.6.0";
        var read = SubmittedReport.FromWire(sent.ToByteArray(), new AppRegistry());
        var report = new Report
        {
            ReportId = read.ReportId,
            Instance = new InstanceId(1),
            Schema = read.Schema,
            Values = read.Values!,
            Body = read.Body,
            Claim = new Claim(ClaimVerdict.Refused),
        };
        return StoredReport.Of(new FeedPosition(1, 1), 0, kinds, 0, report);
    }
}
