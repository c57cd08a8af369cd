using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests;

/// <summary>How events read.</summary>
public sealed class EventTextTests
{
    [Fact]
    public void A_refused_claim_shows_its_reason()
    {
        var line = LineOf(Of(ClaimVerdict.Refused, LicenseVerdict.NotFound, EventKind.ClaimRefused));

        Assert.Contains("  refused    ", line, StringComparison.Ordinal);
        Assert.EndsWith(" claim-refused(not-found)", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mark_is_shown_and_only_the_refusal_carries_the_reason()
    {
        var line = LineOf(Of(
            ClaimVerdict.Refused, LicenseVerdict.SeatsExceeded, EventKind.InstanceDiscovered, EventKind.ClaimRefused));

        Assert.EndsWith(" instance-discovered claim-refused(seats-exceeded)", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verified_claim_shows_its_verdict_alone()
    {
        var line = LineOf(Of(ClaimVerdict.Verified, LicenseVerdict.Unspecified));

        Assert.EndsWith("  verified", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClaimVerdict.Verified, LicenseVerdict.Unspecified, "verified")]
    [InlineData(ClaimVerdict.Refused, LicenseVerdict.NotFound, "refused (not-found)")]
    [InlineData(ClaimVerdict.Unverified, LicenseVerdict.KeyMissing, "unverified (key-missing)")]
    public void A_verdict_reads_with_its_reason(ClaimVerdict verdict, LicenseVerdict reason, string expected) =>
        Assert.Equal(expected, EventText.VerdictOf(verdict, reason));

    [Fact]
    public void Accounts_and_the_first_of_an_apps_figures_are_shown() => Assert.Equal(
        "users=25 rooms=5 room_groups=2 average_capacity=36.25", UsageOf(SampleReports.Of()));

    [Fact]
    public void A_figure_that_is_not_known_is_passed_over()
    {
        var report = SampleReports.Of();
        report.Users = null;
        report.ChangeUsage(usage =>
        {
            usage.ClearRooms();
            usage.ExchangeSyncEnabled = false;
        });

        Assert.Equal("room_groups=2 average_capacity=36.25 auto_accept_rooms=3", UsageOf(report));
    }

    [Theory]
    [InlineData("type.googleapis.com/invoicer.v1.Usage", "")]
    [InlineData("type.googleapis.com/telemetry.apps.roomvox.v1.Usage", "no message")]
    public void A_usage_that_cannot_be_read_is_named_by_its_type(string type, string content)
    {
        var report = new Report { Usage = new Any { TypeUrl = type, Value = ByteString.CopyFromUtf8(content) } };

        Assert.Equal(Any.GetTypeName(type), UsageOf(report));
    }

    private static string LineOf(Event happened) => EventText.LineOf(happened, UsageTypes.BuiltIn.GetValueOrDefault);

    private static string UsageOf(Report report) => EventText.UsageOf(report, UsageTypes.BuiltIn.GetValueOrDefault);

    private static Event Of(ClaimVerdict verdict, LicenseVerdict reason, params EventKind[] kinds) => new()
    {
        Position = new FeedPosition { Cursor = "c1", Number = 1 },
        Time = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero)),
        Kinds = { kinds.Prepend(EventKind.ReportAccepted) },
        Report = new StoredReport
        {
            InstanceId = new string('a', 32),
            Verdict = verdict,
            ClaimReason = reason,
            Report = new Report { App = "roomvox", AppVersion = "1.4.0" },
        },
    };
}
