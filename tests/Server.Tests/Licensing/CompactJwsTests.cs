using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Telemetry.Server.Licensing;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>The server's own assembly of signed texts, read and verified by the library.</summary>
public sealed class CompactJwsTests
{
    private const string Type = LicenseTokens.LicenseType;

    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_text_says_what_the_librarys_own_would_say()
    {
        using var key = SigningKey.Create(Now);
        const string Payload = """{"iss":"telemetry","iat":1795521600}""";
        var own = CompactJws.Make(key, Type, Encoding.UTF8.GetBytes(Payload));
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(key.ExportPrivatePem());
        var librarys = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            Payload,
            new SigningCredentials(new ECDsaSecurityKey(ecdsa) { KeyId = key.Id }, SecurityAlgorithms.EcdsaSha256),
            new Dictionary<string, object> { ["typ"] = Type });

        Assert.Equal(librarys.Split('.')[..2], own.Split('.')[..2]);
        var read = new JsonWebToken(own);
        Assert.Equal(("ES256", key.Id, Type), (read.Alg, read.Kid, read.Typ));
        Assert.True(await IsValidAsync(own, key));
    }

    [Fact]
    public void The_key_id_is_the_thumbprint_that_the_library_computes()
    {
        using var key = SigningKey.Create(Now);
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(key.PublicPem);

        Assert.Equal(Base64UrlEncoder.Encode(new ECDsaSecurityKey(ecdsa).ComputeJwkThumbprint()), key.Id);
    }

    [Fact]
    public void Any_text_in_a_payload_arrives_as_it_was()
    {
        using var key = SigningKey.Create(Now);
        Gen.String.Array[0, 20].Sample(texts =>
        {
            // JSON cannot carry half a surrogate pair.
            var clean = texts.Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))).Append("\"\\\n\u00fc+").ToArray();
            var token = CompactJws.Make(key, Type, JsonSerializer.SerializeToUtf8Bytes(new { iss = "telemetry", texts = clean }));

            using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(new JsonWebToken(token).EncodedPayload));
            Assert.Equal(clean, payload.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetString()));
            Assert.True(IsValidAsync(token, key).GetAwaiter().GetResult());
        }, iter: 200);
    }

    [Fact]
    public async Task Many_threads_sign_with_one_key_and_every_signature_holds()
    {
        using var key = SigningKey.Create(Now);
        var tokens = SignOnManyThreads(8, 100, i => CompactJws.Make(key, Type, PayloadOf(i)));

        Assert.Equal(800, tokens.Distinct(StringComparer.Ordinal).Count());
        foreach (var token in tokens)
        {
            Assert.True(await IsValidAsync(token, key));
        }
    }

    [Fact]
    public async Task Keys_that_rotate_meanwhile_name_themselves_in_what_they_sign()
    {
        var directory = Directory.CreateTempSubdirectory("telemetry-license-").FullName;
        try
        {
            using var keys = new SigningKeyRing(
                new SigningKeyFiles(directory, dataExists: false), Options.Create(new LicensingOptions()), new FakeTimeProvider(Now));
            var tokens = SignOnManyThreads(4, 100, i =>
            {
                if (i % 50 == 0)
                {
                    keys.Rotate();
                }

                return CompactJws.Make(keys.Current, Type, PayloadOf(i));
            });

            var published = keys.Published.ToDictionary(key => key.Id, StringComparer.Ordinal);
            Assert.Equal(1 + 8, published.Count);
            foreach (var token in tokens)
            {
                Assert.True(await IsValidAsync(token, published[new JsonWebToken(token).Kid]));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static byte[] PayloadOf(int number) => JsonSerializer.SerializeToUtf8Bytes(new { iss = "telemetry", number });

    private static List<string> SignOnManyThreads(int threadCount, int each, Func<int, string> sign)
    {
        var tokens = new ConcurrentBag<string>();
        using var start = new Barrier(threadCount);
        var threads = Enumerable.Range(0, threadCount).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < each; i++)
            {
                tokens.Add(sign(number * each + i));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. tokens];
    }

    private static async Task<bool> IsValidAsync(string token, SigningKey key)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(key.PublicPem);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = new ECDsaSecurityKey(ecdsa)
            {
                KeyId = key.Id,
                // The library's own cache would outlive the key.
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            },
            ValidTypes = [Type],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = "telemetry",
            ValidateAudience = false,
            ValidateLifetime = false,
        });
        return result.IsValid;
    }
}
