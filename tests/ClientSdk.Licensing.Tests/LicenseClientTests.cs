using Telemetry.Client.Licensing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Licensing.Tests;

public sealed class LicenseClientTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly LicenseFixture _fixture = new();

    private FakeLicenseServer Server => _fixture.Server;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_check_asks_about_the_options_with_a_nonce_of_its_own()
    {
        var previous = new string('A', 64);
        await using var client = _fixture.Open(_fixture.Options(previous: previous));
        var status = await client.CheckAsync();
        var first = Server.LastRequest!;
        await client.CheckAsync();

        Assert.True(status.Licensed);
        Assert.Equal("enterprise", status.Edition);
        Assert.Equal(50ul, status.Limits["rooms"]);
        Assert.Equal(LicenseFixture.Begin, status.LastCheckedAt);
        Assert.Equal(LicenseFixture.Begin + TimeSpan.FromDays(14), status.ValidUntil);
        Assert.Equal(FakeLicenseServer.Key, first.LicenseKey);
        Assert.Equal(FakeLicenseServer.Instance, first.InstanceHash);
        Assert.Equal(previous.ToLowerInvariant(), first.PreviousInstanceHash);
        Assert.Equal("roomvox", first.App);
        Assert.Equal(32, first.Nonce.Length);
        Assert.NotEqual(first.Nonce, Server.LastRequest!.Nonce);
    }

    [Fact]
    public async Task The_proof_holds_offline_until_its_end_and_not_a_second_longer()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Blocked = true;

        _fixture.Advance(TimeSpan.FromDays(14) - Second);
        Assert.Equal(LicenseState.Valid, (await client.CheckAsync()).State);
        _fixture.Advance(Second);
        Assert.Equal(LicenseState.OfflineTooLong, client.Current.State);
        Assert.Null(client.Current.ValidUntil);
    }

    [Fact]
    public async Task Between_the_licenses_expiry_and_the_proofs_end_it_is_in_grace()
    {
        Server.LicenseExpiresAt = Server.Now + TimeSpan.FromDays(2);
        Server.Grace = TimeSpan.FromDays(1);
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Blocked = true;

        _fixture.Advance(TimeSpan.FromDays(2) - Second);
        Assert.Equal(LicenseState.Valid, client.Current.State);
        _fixture.Advance(Second);
        Assert.Equal(LicenseState.ValidInGrace, client.Current.State);
        Assert.True(client.Current.Licensed);
        _fixture.Advance(TimeSpan.FromDays(1) - Second);
        Assert.Equal(LicenseState.ValidInGrace, client.Current.State);
        _fixture.Advance(Second);
        Assert.Equal(LicenseState.Expired, client.Current.State);
        Assert.False(client.Current.Licensed);
    }

    [Fact]
    public async Task A_refusal_replaces_a_proof_in_the_servers_words_and_a_later_yes_replaces_it()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Refusal = Wire.LicenseVerdict.BoundElsewhere;

        var refused = await client.CheckAsync();
        Server.Blocked = true;
        var offline = await client.CheckAsync();
        (Server.Refusal, Server.Blocked) = (null, false);
        var again = await client.CheckAsync();

        Assert.Equal((LicenseState.Refused, Wire.LicenseVerdict.BoundElsewhere), (refused.State, refused.Verdict));
        Assert.Equal(("The server says no.", "Ask the vendor."), (refused.Message, refused.NextStep));
        Assert.Equal(LicenseState.Refused, offline.State);
        Assert.Equal((LicenseState.Valid, Wire.LicenseVerdict.Unspecified), (again.State, again.Verdict));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("app")]
    [InlineData("instance")]
    [InlineData("nonce")]
    [InlineData("iss")]
    public async Task An_answer_about_something_else_is_rejected_and_an_earlier_proof_holds(string claim)
    {
        await using var fresh = _fixture.Open(_fixture.Options(stateFile: Path.Combine(_fixture.Folder, "other")));
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Claims = claims => claims[claim] = "other";

        var rejected = await fresh.CheckAsync();
        var kept = await client.CheckAsync();
        _fixture.Advance(TimeSpan.FromDays(14));

        Assert.Equal(LicenseState.ProofRejected, rejected.State);
        Assert.Contains("did not come from the vendor's server", rejected.Message, StringComparison.Ordinal);
        Assert.NotEmpty(rejected.NextStep);
        Assert.Equal(LicenseState.Valid, kept.State);
        Assert.Contains("did not come from the vendor's server", kept.Message, StringComparison.Ordinal);
        Assert.Equal(LicenseState.OfflineTooLong, client.Current.State);
    }

    [Fact]
    public async Task Keys_of_another_root_are_rejected()
    {
        await using var client = _fixture.Open(_fixture.Options(roots: [new TokenSigner().Pem]));

        Assert.Equal(LicenseState.ProofRejected, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task A_second_root_key_is_as_good_as_the_first()
    {
        await using var client = _fixture.Open(_fixture.Options(roots: [new TokenSigner().Pem, Server.Root.Pem]));

        Assert.Equal(LicenseState.Valid, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task A_yes_without_a_token_and_an_answer_without_a_verdict_count_for_nothing()
    {
        await using var client = _fixture.Open();
        Server.Token = _ => "";
        Assert.Equal(LicenseState.ProofRejected, (await client.CheckAsync()).State);
        Server.Refusal = Wire.LicenseVerdict.Unspecified;
        Assert.Equal(LicenseState.ProofRejected, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task A_verdict_from_a_newer_server_is_a_refusal()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Refusal = (Wire.LicenseVerdict)99;

        Assert.Equal(LicenseState.Refused, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task New_signing_keys_are_fetched_when_a_token_names_one()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Signer = new TokenSigner();
        _fixture.Advance(Second);

        Assert.Equal(LicenseState.Valid, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task Expired_keys_and_older_ones_replace_nothing()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Signer = new TokenSigner();
        Server.KeysIssuedAt = Server.Now - Second;
        Assert.Contains("unknown key", (await client.CheckAsync()).Message, StringComparison.Ordinal);

        await using var fresh = _fixture.Open(_fixture.Options(stateFile: Path.Combine(_fixture.Folder, "other")));
        Server.KeysIssuedAt = Server.Now - TimeSpan.FromDays(91);
        Assert.Equal(LicenseState.ProofRejected, (await fresh.CheckAsync()).State);
    }

    [Fact]
    public async Task A_proof_by_a_withdrawn_key_counts_no_more()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Signer = new TokenSigner();
        Server.Claims = claims => claims["key"] = "other";
        _fixture.Advance(Second);

        Assert.False((await client.CheckAsync()).Licensed);
    }

    [Fact]
    public async Task An_older_revocation_list_never_replaces_a_newer_one()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.ChecksFail = true;
        Server.Revoked.Add(Convert.ToUInt64(FakeLicenseServer.LicenseId, 16));
        Assert.Equal(LicenseState.Revoked, (await client.CheckAsync()).State);

        Server.Revoked.Clear();
        Server.ListIssuedAt = Server.Now - Second;
        Assert.Equal(LicenseState.Revoked, (await client.CheckAsync()).State);
        Server.ListIssuedAt = Server.Now + Second;
        Assert.Equal(LicenseState.Valid, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task A_yes_from_after_the_list_counts_more_than_the_list()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Revoked.Add(Convert.ToUInt64(FakeLicenseServer.LicenseId, 16));
        Server.ListIssuedAt = Server.Now;
        Assert.Equal(LicenseState.Revoked, (await client.CheckAsync()).State);

        _fixture.Advance(Second);
        Assert.Equal(LicenseState.Valid, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task A_tampered_list_is_told_and_ends_nothing()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.List = list => list[..^1] + (list[^1] == 'A' ? 'Q' : 'A');

        var status = await client.CheckAsync();

        Assert.Equal(LicenseState.Valid, status.State);
        Assert.Contains("list of withdrawn licenses is not the vendor's", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_after_the_timeout()
    {
        await using var client = _fixture.Open();
        Server.Silent = true;
        var check = client.CheckAsync();
        _fixture.Advance(TimeSpan.FromSeconds(15) - Second);
        Assert.False(check.IsCompleted);
        _fixture.Advance(Second);

        var status = await Patience.For(check, "the check gives up");

        Assert.Equal(LicenseState.NeverChecked, status.State);
        Assert.Contains("did not answer within 15 seconds", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_can_cancel_and_the_next_check_is_not_held_up()
    {
        await using var client = _fixture.Open();
        Server.Silent = true;
        using var cancellation = new CancellationTokenSource();
        var check = client.CheckAsync(cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.For(check, "the check is canceled"));
        Server.Silent = false;
        Assert.True((await client.CheckAsync()).Licensed);
    }

    [Fact]
    public async Task A_disposed_client_says_so()
    {
        var client = _fixture.Open();
        await client.DisposeAsync();
        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.CheckAsync());
        Assert.Throws<ObjectDisposedException>(client.Start);
    }
}
