using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Telemetry.Server.Licensing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>What the server signs, checked with the library as an app would.</summary>
public sealed class LicenseTokenTests
{
    [Fact]
    public async Task A_token_answers_this_very_question_and_ends_with_the_license()
    {
        await using var server = await TestServer.StartAsync();
        var now = server.Time.GetUtcNow();
        var (license, key) = await server.IssueAsync(order =>
        {
            order.ExpiresAt = LicenseSamples.At(now.AddDays(3));
            order.Grace = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromDays(2));
        });

        var token = (await server.CheckAsync(key)).Token;
        var claims = await ReadAsync(server, token, LicenseTokens.LicenseType);

        Assert.Equal(now.ToUnixTimeSeconds(), claims.GetProperty("iat").GetInt64());
        Assert.Equal(now.AddDays(5).ToUnixTimeSeconds(), claims.GetProperty("exp").GetInt64());
        Assert.Equal(now.AddDays(1).ToUnixTimeSeconds(), claims.GetProperty("refresh_after").GetInt64());
        Assert.Equal(now.AddDays(3).ToUnixTimeSeconds(), claims.GetProperty("expires_at").GetInt64());
        Assert.Equal(Base64Url.EncodeToString(LicenseSamples.Nonce.Span), claims.GetProperty("nonce").GetString());
        Assert.Equal(SampleReports.HashOf("https://cloud.example.org"), claims.GetProperty("instance").GetString());
        Assert.Equal("roomvox", claims.GetProperty("app").GetString());
        Assert.Equal(license.LicenseId, claims.GetProperty("license").GetString());
        Assert.Equal("valid", claims.GetProperty("verdict").GetString());
        Assert.Equal(50, claims.GetProperty("limits").GetProperty("rooms").GetInt64());
        Assert.Equal(
            Base64Url.EncodeToString(SHA256.HashData(
                Encoding.UTF8.GetBytes("telemetry license key\n" + LicenseKey.Canonical(key))).AsSpan(0, 16)),
            claims.GetProperty("key").GetString());
        Assert.DoesNotContain(key, token, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tampering_with_any_character_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync();
        var token = (await server.CheckAsync(key)).Token;
        var signing = await SigningKeysAsync(server);
        Assert.True((await ValidateAsync(token, signing, LicenseTokens.LicenseType)).IsValid);

        for (var i = 0; i < token.Length; i++)
        {
            // Another symbol whose upper bits differ: the lowest ones of a part's last symbol carry nothing.
            var tampered = token[..i] + (token[i] is >= 'A' and <= 'Z' ? 'z' : 'A') + token[(i + 1)..];
            if (tampered != token)
            {
                Assert.False((await ValidateAsync(tampered, signing, LicenseTokens.LicenseType)).IsValid, $"at {i}");
            }
        }
    }

    [Fact]
    public async Task A_text_of_one_type_or_of_a_strangers_key_is_not_taken_for_another()
    {
        await using var server = await TestServer.StartAsync();
        await using var stranger = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync();
        var (_, strangersKey) = await stranger.IssueAsync();
        var token = (await server.CheckAsync(key)).Token;
        var list = (await server.Licenses.GetRevocationListAsync(new())).List;
        var keys = await server.Licenses.GetSigningKeysAsync(new());
        var signing = await SigningKeysAsync(server);
        var root = KeyOf(keys.Root);

        Assert.False((await ValidateAsync(list, signing, LicenseTokens.LicenseType)).IsValid);
        Assert.False((await ValidateAsync(token, signing, LicenseTokens.RevocationsType)).IsValid);
        Assert.False((await ValidateAsync(keys.SignedKeys, [root], LicenseTokens.LicenseType)).IsValid);
        Assert.False((await ValidateAsync(token, [root], LicenseTokens.LicenseType)).IsValid);
        Assert.False((await ValidateAsync((await stranger.CheckAsync(strangersKey)).Token, signing, LicenseTokens.LicenseType)).IsValid);
        Assert.True((await ValidateAsync(keys.SignedKeys, [root], LicenseTokens.KeysType)).IsValid);
    }

    [Fact]
    public async Task Keys_rotate_and_the_old_one_stays_published_until_its_last_token_has_expired()
    {
        await using var server = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync();
        var old = (await server.CheckAsync(key)).Token;
        var rotated = await server.LicenseAdmin.RotateSigningKeyAsync(new(), server.Authorized);

        var token = (await server.CheckAsync(key)).Token;
        var keys = await server.Licenses.GetSigningKeysAsync(new());

        Assert.Equal(rotated.KeyId, new JsonWebToken(token).Kid);
        Assert.Equal([new JsonWebToken(old).Kid, rotated.KeyId], keys.Keys.Select(published => published.KeyId));
        Assert.True((await ValidateAsync(old, await SigningKeysAsync(server), LicenseTokens.LicenseType)).IsValid);
        server.Time.Advance(TimeSpan.FromDays(16));
        Assert.Equal(
            [rotated.KeyId], (await server.Licenses.GetSigningKeysAsync(new())).Keys.Select(published => published.KeyId));
    }

    [Fact]
    public async Task A_key_that_is_old_enough_is_followed_by_a_new_one_and_the_root_stays()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-license-").FullName;
        try
        {
            Wire.GetSigningKeysResponse before;
            await using (var server = await TestServer.StartAsync(data))
            {
                before = await server.Licenses.GetSigningKeysAsync(new());
                AssertPrivate(Path.Combine(data, "signing"));
            }

            await using (var server = await TestServer.StartAsync(data, new DateTimeOffset(2027, 2, 18, 12, 0, 0, TimeSpan.Zero)))
            {
                var after = await server.Licenses.GetSigningKeysAsync(new());
                Assert.Equal(before.Root, after.Root);
                Assert.Equal(2, after.Keys.Count);
                Assert.Equal(before.Keys.Single(), after.Keys[0]);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_private_key_that_others_can_read_is_refused_at_start()
    {
        var directory = Directory.CreateTempSubdirectory("telemetry-license-").FullName;
        try
        {
            await using (await TestServer.StartAsync(settings: "Licensing:KeyDirectory=" + directory))
            {
            }

            var root = Directory.GetFiles(directory, "root-*.pem").Single();
            if (OperatingSystem.IsWindows())
            {
                return;
            }

            File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            var refusal = Assert.Throws<SigningKeyException>(() => new SigningKeyFiles(directory, dataExists: false).Read());
            Assert.Contains("chmod 600", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task The_revocation_list_names_what_does_not_count_and_nothing_else()
    {
        await using var server = await TestServer.StartAsync();
        var empty = await server.Licenses.GetRevocationListAsync(new());
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add((await server.IssueAsync()).License.LicenseId);
        }

        await server.LicenseAdmin.RevokeLicenseAsync(new() { LicenseId = ids[1] }, server.Authorized);
        await server.LicenseAdmin.SuspendLicenseAsync(new() { LicenseId = ids[4] }, server.Authorized);
        var list = await server.Licenses.GetRevocationListAsync(new());
        var claims = await ReadAsync(server, list.List, LicenseTokens.RevocationsType);
        var packed = Base64Url.DecodeFromChars(claims.GetProperty("revoked").GetString());

        Assert.Equal(0u, empty.Count);
        Assert.Equal(2u, list.Count);
        Assert.Equal(
            new[] { ids[1], ids[4] }.Order(StringComparer.Ordinal),
            packed.Chunk(8).Select(id => Convert.ToHexStringLower(id)));
        await server.LicenseAdmin.ResumeLicenseAsync(new() { LicenseId = ids[4] }, server.Authorized);
        Assert.Equal(1u, (await server.Licenses.GetRevocationListAsync(new())).Count);
    }

    private static async Task<JsonElement> ReadAsync(TestServer server, string token, string type)
    {
        Assert.True((await ValidateAsync(token, await SigningKeysAsync(server), type)).IsValid);
        return JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
    }

    private static async Task<SecurityKey[]> SigningKeysAsync(TestServer server) =>
        [.. (await server.Licenses.GetSigningKeysAsync(new())).Keys.Select(KeyOf)];

    private static ECDsaSecurityKey KeyOf(Wire.SigningKey key)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(key.PublicKeyPem);
        return new ECDsaSecurityKey(ecdsa) { KeyId = key.KeyId };
    }

    private static Task<TokenValidationResult> ValidateAsync(string token, SecurityKey[] keys, string type) =>
        new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKeys = keys,
            ValidTypes = [type],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = "telemetry",
            ValidateAudience = false,
            ValidateLifetime = false,
        });

    private static void AssertPrivate(string directory)
    {
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Others = (UnixFileMode)0b000_111_111;
            Assert.Equal(2, Directory.GetFiles(directory).Length);
            foreach (var path in Directory.GetFiles(directory).Append(directory))
            {
                Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & Others);
            }
        }
    }
}
