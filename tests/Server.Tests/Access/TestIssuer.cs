using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Telemetry.Server.Tests.Access;

/// <summary>An identity provider on loopback: OpenID Connect discovery, its keys, and tokens as somebody gets them there.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Audience = "telemetry";

    private readonly WebApplication _app;
    private readonly List<RSA> _published = [];

    private TestIssuer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        issuer.Rotate();
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = issuer.Url, jwks_uri = issuer.Url + "/keys" }));
        app.MapGet("/keys", () => Results.Json(new { keys = issuer._published.Select(KeyOf) }));
        await app.StartAsync();
        return issuer;
    }

    /// <summary>Signs with a new key, which is published at once, in the place of the one before.</summary>
    public void Rotate()
    {
        _published.Clear();
        _published.Add(RSA.Create(2048));
    }

    /// <summary>How a server is told of it.</summary>
    public string[] Settings(params string[] grants) =>
    [
        "Access:Issuer=" + Url, "Access:Audience=" + Audience, .. grants.Select(grant => "Access:Grants:" + grant),
    ];

    public string Token(DateTimeOffset now, string audience = Audience, string? issuer = null, TimeSpan? life = null, string group = "readers") => Signed(
        new Dictionary<string, object> { ["alg"] = "RS256", ["kid"] = IdOf(_published[0]), ["typ"] = "JWT" },
        Claims(now, audience, issuer, life, group), _published[0]);

    /// <summary>As somebody writes it who has no key.</summary>
    public string Unsigned(DateTimeOffset now) => Signed(
        new Dictionary<string, object> { ["alg"] = "none", ["typ"] = "JWT" }, Claims(now, Audience, null, null, "readers"), null);

    /// <summary>Signed with the public key as if it were a shared secret.</summary>
    public string SignedWithPublicKey(DateTimeOffset now)
    {
        var input = Part(new Dictionary<string, object> { ["alg"] = "HS256", ["kid"] = IdOf(_published[0]) }) + "." + Part(Claims(now, Audience, null, null, "readers"));
        return input + "." + Base64Url.EncodeToString(HMACSHA256.HashData(_published[0].ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(input)));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _published.ForEach(key => key.Dispose());
    }

    private Dictionary<string, object> Claims(DateTimeOffset now, string audience, string? issuer, TimeSpan? life, string group) => new()
    {
        ["iss"] = issuer ?? Url,
        ["aud"] = audience,
        ["sub"] = "erika.mustermann",
        ["email"] = "erika@example.org",
        ["groups"] = new[] { "staff", group },
        ["nbf"] = now.ToUnixTimeSeconds(),
        ["exp"] = (now + (life ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
    };

    private static string Signed(Dictionary<string, object> head, Dictionary<string, object> claims, RSA? key)
    {
        var input = Part(head) + "." + Part(claims);
        return input + "." + (key is null ? "" : Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    private static string Part(object content) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));

    private static object KeyOf(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = IdOf(key), n = Base64Url.EncodeToString(parameters.Modulus), e = Base64Url.EncodeToString(parameters.Exponent) };
    }

    private static string IdOf(RSA key) => Convert.ToHexString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
}
