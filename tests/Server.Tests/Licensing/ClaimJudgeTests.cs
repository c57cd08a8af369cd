using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Tests.Storage;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>Which claim is verified, refused or left open, and for what reason.</summary>
public sealed class ClaimJudgeTests : IAsyncDisposable
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(TemporaryStore.NoLimit.Now.UtcDateTime);
    private static readonly string Hash = SampleReports.HashOf("https://a.example");
    private static readonly SubscriptionFlags Nothing = new(null, null);
    private static readonly SubscriptionFlags Extended = new(ExtendedSupport: true, ValidSubscription: null);
    private static readonly SubscriptionFlags Valid = new(ExtendedSupport: null, ValidSubscription: true);

    private readonly TemporaryStore _temporary = new();
    private readonly Pseudonyms _pseudonyms = new(new byte[32]);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<string> _refused = [];
    private readonly MeterListener _listener = new();
    private readonly LicenseBook _book;
    private readonly ClaimJudge _judge;

    public ClaimJudgeTests()
    {
        _book = new LicenseBook(_temporary.Open());
        var meters = _services.GetRequiredService<IMeterFactory>();
        _judge = new ClaimJudge(_book, new LicenseJudge(30), _pseudonyms, new LicensingMetrics(meters), _temporary.Time);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "telemetry.claims.refused" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _refused.Add((string)tags[0].Value!));
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _book.Dispose();
        _pseudonyms.Dispose();
        await _services.DisposeAsync();
        await _temporary.DisposeAsync();
    }

    [Fact]
    public async Task Who_claims_nothing_is_a_community_installation()
    {
        await IssueAsync(1);

        Assert.Equal(Claim.Community, Judge(Nothing));
        Assert.Equal(Claim.Community, Judge(Nothing, key: ""));
        Assert.Equal(Claim.Community, Judge(new SubscriptionFlags(false, false)));
        Assert.Empty(_refused);
    }

    [Fact]
    public void Without_any_license_no_claim_can_be_checked()
    {
        var unverified = new Claim(ClaimVerdict.Unverified);

        Assert.Equal(unverified, Judge(Extended));
        Assert.Equal(unverified, Judge(Valid));
        Assert.Equal(unverified, Judge(Nothing, key: "TYPO"));
        Assert.Equal(Claim.Community, Judge(Nothing));
        Assert.Empty(_refused);
    }

    [Fact]
    public async Task A_key_is_worth_what_its_license_is_on_this_installation()
    {
        var seated = await IssueAsync(1, seat: true);
        var unused = await IssueAsync(2);
        var revoked = await IssueAsync(3, seat: true, state: LicenseState.Revoked);

        Assert.Equal(new Claim(ClaimVerdict.Verified), Judge(Nothing, seated));
        Assert.Equal(new Claim(ClaimVerdict.Verified), Judge(Nothing, seated.ToLowerInvariant().Replace('-', ' ')));
        Assert.Empty(_refused);
        Assert.Equal(Refused(LicenseVerdict.NotActivated), Judge(Nothing, unused));
        Assert.Equal(Refused(LicenseVerdict.Revoked), Judge(Nothing, revoked));
        Assert.Equal(Refused(LicenseVerdict.WrongApp), Judge(Nothing, seated, "intravox"));
        Assert.Equal(Refused(LicenseVerdict.NotFound), Judge(Nothing, LicenseKey.Create("RVOX")));
        Assert.Equal(Refused(LicenseVerdict.MalformedKey), Judge(Nothing, "TYPO"));
        Assert.Equal(["NotActivated", "Revoked", "WrongApp", "NotFound", "MalformedKey"], _refused);
    }

    [Fact]
    public async Task Without_a_key_the_seat_vouches_and_a_good_license_outweighs_a_bad_one()
    {
        await IssueAsync(1, seat: true, state: LicenseState.Suspended);
        Assert.Equal(Refused(LicenseVerdict.Suspended), Judge(Valid));

        await IssueAsync(2, seat: true);

        Assert.Equal(new Claim(ClaimVerdict.Verified), Judge(Valid));
        Assert.Equal(new Claim(ClaimVerdict.Verified), Judge(Extended));
        Assert.Equal(Refused(LicenseVerdict.Suspended), Judge(Extended, app: "intravox"));
        Assert.Equal(["Suspended", "Suspended"], _refused);
    }

    [Fact]
    public async Task A_seat_that_lapsed_vouches_no_more()
    {
        await IssueAsync(1, seat: true);
        _temporary.Time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(new Claim(ClaimVerdict.Verified), Judge(Extended));

        _temporary.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(Refused(LicenseVerdict.NotActivated), Judge(Extended));
    }

    [Fact]
    public async Task Without_key_and_seat_extended_support_is_refused_and_the_platforms_own_subscription_left_open()
    {
        await IssueAsync(1);

        Assert.Equal(Refused(LicenseVerdict.KeyMissing), Judge(Extended));
        Assert.Equal(new Claim(ClaimVerdict.Unverified, LicenseVerdict.KeyMissing), Judge(Valid));
        Assert.Equal(Refused(LicenseVerdict.KeyMissing), Judge(new SubscriptionFlags(true, true)));
        Assert.Equal(["KeyMissing", "KeyMissing"], _refused);
    }

    private Claim Judge(SubscriptionFlags flags, string? key = null, string app = "roomvox") => _judge.Judge(app, flags, key, Hash);

    private static Claim Refused(LicenseVerdict reason) => new(ClaimVerdict.Refused, reason);

    private async Task<string> IssueAsync(int number, bool seat = false, LicenseState state = LicenseState.Active)
    {
        var key = LicenseKey.Create("RVOX");
        var hash = _pseudonyms.OfKey(LicenseKey.Canonical(key));
        var instance = _pseudonyms.OfLicensed(Hash);
        var license = SampleLicense.Of(number) with { KeyHash = hash, State = state };
        var leases = ImmutableDictionary<LicensedInstanceId, LicenseLease>.Empty;
        leases = seat ? leases.Add(instance, new LicenseLease(license.Id, instance, Today, Today, LicenseLease.NoUsage)) : leases;
        await _book.ChangeAsync(hash, _ => new LicenseEntry(license, leases), CancellationToken.None);
        return key;
    }
}
