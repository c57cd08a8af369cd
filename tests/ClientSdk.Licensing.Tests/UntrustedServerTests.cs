using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Client.Licensing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Licensing.Tests;

/// <summary>Whatever answers in the license server's place: a proof loses nothing, and the client goes on.</summary>
public sealed class UntrustedServerTests : IDisposable
{
    private readonly LicenseFixture _fixture = new();

    private FakeLicenseServer Server => _fixture.Server;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_refusal_that_nobody_signed_takes_no_proof_away()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        (Server.Refusal, Server.RefusesUnsigned) = (Wire.LicenseVerdict.Revoked, true);

        var status = await client.CheckAsync();

        Assert.Equal(LicenseState.Valid, status.State);
        Assert.Contains("its refusal is not signed", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_nobody_signed_is_no_answer_where_nothing_is_known()
    {
        (Server.Refusal, Server.RefusesUnsigned) = (Wire.LicenseVerdict.Revoked, true);
        await using var client = _fixture.Open();

        Assert.Equal(LicenseState.ProofRejected, (await client.CheckAsync()).State);
    }

    [Theory]
    [InlineData("nonce", "other")]
    [InlineData("key", "AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("instance", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("app", "formvox")]
    [InlineData("verdict", 1)]
    [InlineData("verdict", 2)]
    [InlineData("verdict", 0)]
    [InlineData("verdict", 4294967300)]
    [InlineData("message", 7)]
    public async Task A_refusal_that_answers_something_else_takes_no_proof_away(string claim, object value)
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Refusal = Wire.LicenseVerdict.Revoked;
        Server.Claims = claims => claims[claim] = System.Text.Json.Nodes.JsonValue.Create(value);

        Assert.Equal(LicenseState.Valid, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task A_signed_refusal_ends_a_proof_and_survives_a_restart()
    {
        await using (var client = await _fixture.OpenLicensedAsync())
        {
            Server.Refusal = Wire.LicenseVerdict.Revoked;
            Assert.Equal(LicenseState.Refused, (await client.CheckAsync()).State);
        }

        await using var restarted = _fixture.Open();
        Assert.Equal(LicenseState.Refused, restarted.Current.State);
        Assert.Equal("The server says no.", restarted.Current.Message);
    }

    [Theory]
    [InlineData(Wire.LicenseVerdict.NotFound)]
    [InlineData(Wire.LicenseVerdict.MalformedKey)]
    public async Task A_server_that_forgot_the_license_is_asked_again_until_the_proof_ends(Wire.LicenseVerdict verdict)
    {
        await using var client = await _fixture.OpenLicensedAsync();
        client.Start();
        Server.Refusal = verdict;
        _fixture.Advance(TimeSpan.FromDays(2));
        var checks = Server.Checks;

        Assert.Equal(LicenseState.Valid, client.Current.State);
        Assert.Contains("does not know the license", client.Current.Message, StringComparison.Ordinal);
        _fixture.Advance(TimeSpan.FromHours(2));
        Assert.Equal(checks + 2, Server.Checks);

        _fixture.Advance(TimeSpan.FromDays(13));
        Assert.Equal(LicenseState.Refused, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task Whatever_a_server_says_the_client_goes_on_and_hears_the_next_good_answer()
    {
        const long year = 31_556_952;
        long[] moments = [long.MinValue, -62_135_596_800, -1, 0, 253_402_300_799, 253_402_300_800, long.MaxValue, 2_000 * year];
        Action<FakeLicenseServer>[] answers =
        [
            .. moments.SelectMany(moment => ((string[])["iat", "exp", "refresh_after", "expires_at"])
                .Select<string, Action<FakeLicenseServer>>(claim => server => server.Claims = claims => claims[claim] = moment)),
            server => server.Claims = claims => claims["limits"] = new System.Text.Json.Nodes.JsonArray(),
            server => server.Claims = claims => claims.Clear(),
            server => server.Token = _ => "",
            server => server.Token = _ => "...",
            server => server.Token = _ => new string('A', 5_000_000),
            server => server.Token = token => "eyJraWQiOiJcdWQ4MDAifQ" + token[token.IndexOf('.')..],
            server => server.Keys = _ => "e30.e30.e30",
            server => server.List = _ => "e30.e30.e30",
            server => server.KeysIssuedAt = DateTimeOffset.MaxValue.AddYears(-8_000),
            server => server.Refusal = (Wire.LicenseVerdict)int.MinValue,
            server => server.Trouble = Refusal([0xff, 0xff, 0xff]),
            server => server.Trouble = Refusal(RetryAfter(long.MaxValue)),
            server => server.Trouble = Refusal(RetryAfter(long.MinValue)),
            server => server.Trouble = Refusal(RetryAfter(10_000 * year)),
            server => server.Trouble = new RpcException(new Status((StatusCode)99, new string('\0', 100_000))),
            server => server.Failure = new ObjectDisposedException("channel"),
            server => server.Failure = new OverflowException("a bug"),
        ];
        foreach (var (i, answer) in answers.Index())
        {
            using var fixture = new LicenseFixture();
            await using var client = fixture.Open();
            answer(fixture.Server);
            client.Start();
            fixture.Advance(TimeSpan.FromHours(3));
            Assert.InRange(client.Current.Message.Length, 0, 2_000);

            Heal(fixture.Server);
            fixture.Advance(TimeSpan.FromDays(1) + TimeSpan.FromHours(4));

            Assert.True(client.Current.Licensed, $"After answer {i}: {client.Current.State}, {client.Current.Message}");
        }
    }

    [Fact]
    public async Task Keys_that_were_signed_while_the_servers_clock_was_ahead_keep_no_later_ones_out()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.KeysIssuedAt = LicenseFixture.Begin.AddDays(700);
        _fixture.Advance(TimeSpan.FromDays(2));
        await client.CheckAsync();

        // Rotated when the clock was right again: only the newer set, which looks older, names this key.
        Server.KeysIssuedAt = null;
        Server.Signer = new TokenSigner();
        _fixture.Advance(TimeSpan.FromDays(2));

        Assert.Equal("", (await client.CheckAsync()).NextStep);
        Assert.True(client.Current.Licensed);
    }

    private static void Heal(FakeLicenseServer server)
    {
        (server.Claims, server.Token, server.Keys, server.List) = (null, null, null, null);
        (server.Refusal, server.Trouble, server.Failure, server.KeysIssuedAt) = (null, null, null, null);
    }

    private static RpcException Refusal(byte[] details) => new(
        new Status(StatusCode.ResourceExhausted, "Later."), new Metadata { { "grpc-status-details-bin", details } });

    private static byte[] RetryAfter(long seconds) => new Google.Rpc.Status
    {
        Details = { Any.Pack(new Google.Rpc.RetryInfo { RetryDelay = new Duration { Seconds = seconds, Nanos = -1 } }) },
    }.ToByteArray();
}
