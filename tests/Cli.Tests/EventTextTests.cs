using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests;

/// <summary>How events read.</summary>
public sealed class EventTextTests
{
    [Fact]
    public void A_refused_claim_shows_its_reason()
    {
        var line = EventText.LineOf(Of(ClaimVerdict.Refused, LicenseVerdict.NotFound, EventKind.ClaimRefused));

        Assert.Contains("  refused    ", line, StringComparison.Ordinal);
        Assert.EndsWith(" claim-refused(not-found)", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mark_is_shown_and_only_the_refusal_carries_the_reason()
    {
        var line = EventText.LineOf(Of(
            ClaimVerdict.Refused, LicenseVerdict.SeatsExceeded, EventKind.InstanceDiscovered, EventKind.ClaimRefused));

        Assert.EndsWith(" instance-discovered claim-refused(seats-exceeded)", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verified_claim_shows_its_verdict_alone()
    {
        var line = EventText.LineOf(Of(ClaimVerdict.Verified, LicenseVerdict.Unspecified));

        Assert.EndsWith("  verified", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClaimVerdict.Verified, LicenseVerdict.Unspecified, "verified")]
    [InlineData(ClaimVerdict.Refused, LicenseVerdict.NotFound, "refused (not-found)")]
    [InlineData(ClaimVerdict.Unverified, LicenseVerdict.KeyMissing, "unverified (key-missing)")]
    public void A_verdict_reads_with_its_reason(ClaimVerdict verdict, LicenseVerdict reason, string expected) =>
        Assert.Equal(expected, EventText.VerdictOf(verdict, reason));

    private static Event Of(ClaimVerdict verdict, LicenseVerdict reason, params EventKind[] kinds) => new()
    {
        Position = new FeedPosition { Epoch = 7, Number = 1 },
        Time = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero)),
        Kinds = { kinds.Prepend(EventKind.ReportAccepted) },
        Report = new StoredReport
        {
            InstanceId = new string('a', 32),
            App = App.Roomvox,
            AppVersion = "1.4.0",
            Environment = new Contracts.V1.Environment(),
            Verdict = verdict,
            ClaimReason = reason,
        },
    };
}
