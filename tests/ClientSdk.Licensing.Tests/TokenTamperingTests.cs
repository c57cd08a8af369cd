using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Telemetry.Client.Licensing;

namespace Telemetry.ClientSdk.Licensing.Tests;

public sealed class TokenTamperingTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly LicenseSubject Subject =
        new(FakeLicenseServer.KeyThumbprint, FakeLicenseServer.Instance, "roomvox");

    private readonly FakeLicenseServer _server = new(LicenseFixture.Begin);

    [Fact]
    public async Task No_character_of_a_license_token_can_be_changed()
    {
        var keys = await KeysAsync();
        var token = _server.Signer.Sign("telemetry-license+jwt", _server.ProofClaims("n"));

        Assert.True((LicenseProof.Verify(token, keys, Subject, "n")).Ok);
        await NoneIsBelievedAsync(token, async text => (LicenseProof.Verify(text, keys, Subject, "n")).Ok);
    }

    [Fact]
    public async Task No_character_of_a_key_set_can_be_changed()
    {
        var roots = new RootKeySet([_server.Root.Pem]);

        await NoneIsBelievedAsync(
            _server.SignedKeys(), async text => (SigningKeySet.Verify(text, roots)).Ok);
    }

    [Fact]
    public async Task No_character_of_a_revocation_list_can_be_changed()
    {
        var keys = await KeysAsync();
        _server.Revoked.AddRange([1, 2, 3]);

        Assert.True((RevocationList.Verify(_server.SignedList(), keys)).Ok);
        await NoneIsBelievedAsync(_server.SignedList(), async text => (RevocationList.Verify(text, keys)).Ok);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.e30.e30.e30")]
    [InlineData("%%%.///.===")]
    public async Task What_is_no_token_is_refused_without_an_exception(string text)
    {
        Assert.Equal("", TokenVerifier.KeyIdOf(text));
        Assert.False((LicenseProof.Verify(text, await KeysAsync(), Subject, null)).Ok);
        Assert.False((SigningKeySet.Verify(text, new RootKeySet([_server.Root.Pem]))).Ok);
        Assert.False((RevocationList.Verify(text, await KeysAsync())).Ok);
    }

    [Theory]
    [InlineData("key", "AAAAAAAAAAAAAAAAAAAAAA", "it is for another key")]
    [InlineData("app", "formvox", "it is for another app")]
    [InlineData("instance", "0000000000000000000000000000000000000000000000000000000000000000", "it is for another installation")]
    [InlineData("nonce", "other", "it answers another question")]
    [InlineData("iss", "someone", "it has another issuer")]
    [InlineData("verdict", "expired", "it lacks what belongs into it")]
    [InlineData("license", "00F1E2D3C4B5A697", "it lacks what belongs into it")]
    [InlineData("exp", "soon", "it lacks what belongs into it")]
    [InlineData("expires_at", "never", "it lacks what belongs into it")]
    public async Task A_token_about_something_else_is_refused(string claim, string value, string problem)
    {
        var claims = _server.ProofClaims("n");
        claims[claim] = value;
        var proof = LicenseProof.Verify(
            _server.Signer.Sign("telemetry-license+jwt", claims), await KeysAsync(), Subject, "n");

        Assert.False(proof.Ok);
        Assert.Equal(problem, proof.Problem);
    }

    [Theory]
    [InlineData("telemetry-keys+jwt")]
    [InlineData("telemetry-revocations+jwt")]
    [InlineData("Telemetry-License+JWT")]
    [InlineData("JWT")]
    public async Task A_token_of_another_type_is_refused(string type)
    {
        var proof = LicenseProof.Verify(
            _server.Signer.Sign(type, _server.ProofClaims("n")), await KeysAsync(), Subject, "n");

        Assert.Equal("it is of another type", proof.Problem);
        Assert.False(proof.Ok);
    }

    [Fact]
    public async Task A_signing_key_cannot_sign_keys_and_the_root_key_no_license()
    {
        var stolen = new TokenSigner();
        var keys = new JsonObject { ["iss"] = "telemetry", ["iat"] = 1, ["exp"] = 2, ["keys"] = new JsonArray(stolen.Jwk()) };

        Assert.False((SigningKeySet.Verify(
            _server.Signer.Sign("telemetry-keys+jwt", keys), new RootKeySet([_server.Root.Pem]))).Ok);
        Assert.False((LicenseProof.Verify(
            _server.Root.Sign("telemetry-license+jwt", _server.ProofClaims("n")), await KeysAsync(), Subject, "n")).Ok);
    }

    [Fact]
    public async Task A_stranger_cannot_sign_in_a_known_keys_name()
    {
        var token = new TokenSigner().Sign("telemetry-license+jwt", _server.ProofClaims("n"), _server.Signer.KeyId);

        var proof = LicenseProof.Verify(token, await KeysAsync(), Subject, "n");

        Assert.Equal("its signature does not match", proof.Problem);
    }

    [Fact]
    public async Task A_key_under_anothers_name_spoils_the_set()
    {
        var jwk = new TokenSigner().Jwk();
        jwk["kid"] = _server.Signer.KeyId;
        var keys = new JsonObject { ["iss"] = "telemetry", ["iat"] = 1, ["exp"] = 2, ["keys"] = new JsonArray(jwk) };

        Assert.False((SigningKeySet.Verify(
            _server.Root.Sign("telemetry-keys+jwt", keys), new RootKeySet([_server.Root.Pem]))).Ok);
    }

    [Fact]
    public async Task Only_one_algorithm_is_accepted()
    {
        using var rsa = RSA.Create(2048);
        var shared = Encoding.UTF8.GetBytes(_server.Signer.Pem);
        Func<byte[], byte[]> good = _ => RandomNumberGenerator.GetBytes(64);
        (string Algorithm, Func<byte[], byte[]> Sign)[] others =
        [
            ("none", _ => []),
            ("none", good),
            ("None", good),
            ("HS256", input => HMACSHA256.HashData(shared, input)),
            ("RS256", input => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            ("ES384", good),
            ("ES256", good),
        ];
        var keys = await KeysAsync();
        foreach (var (algorithm, sign) in others)
        {
            var token = TokenSigner.Assemble(
                algorithm, "telemetry-license+jwt", _server.Signer.KeyId, _server.ProofClaims("n"), sign);

            Assert.False((LicenseProof.Verify(token, keys, Subject, "n")).Ok, algorithm);
        }
    }

    [Fact]
    public async Task A_list_out_of_order_or_cut_off_is_refused()
    {
        foreach (var ids in new[] { "AAAAAAAAAAIAAAAAAAAAAQ", "AAAAAAAAAAEAAAAAAAAAAQ", "AAAAAAAAAA" })
        {
            var list = new JsonObject { ["iss"] = "telemetry", ["iat"] = 1, ["exp"] = 2, ["revoked"] = ids };

            Assert.False((RevocationList.Verify(
                _server.Signer.Sign("telemetry-revocations+jwt", list), await KeysAsync())).Ok);
        }
    }

    private async Task<SigningKeySet> KeysAsync() =>
        (SigningKeySet.Verify(_server.SignedKeys(), new RootKeySet([_server.Root.Pem]))).Value!;

    /// <summary>Each place once with its lowest bit turned, the last of each part with all bits that a decoder may overlook.</summary>
    private static async Task NoneIsBelievedAsync(string token, Func<string, Task<bool>> believed)
    {
        for (var place = 0; place < token.Length; place++)
        {
            foreach (var other in Others(token, place))
            {
                var changed = token[..place] + other + token[(place + 1)..];
                Assert.False(await believed(changed), $"place {place}: {token[place]} became {other}");
            }
        }

        Assert.False(await believed(token + "="));
        Assert.False(await believed(token + "\n"));
        Assert.False(await believed(" " + token));
    }

    private static IEnumerable<char> Others(string token, int place)
    {
        var digit = Alphabet.IndexOf(token[place], StringComparison.Ordinal);
        var last = place + 1 == token.Length || token[place + 1] == '.';
        return digit < 0 ? ['A', ' '] : last ? Alphabet.Where(c => c != token[place]) : [Alphabet[digit ^ 1], Alphabet[digit ^ 32]];
    }
}
