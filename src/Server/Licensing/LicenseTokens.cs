using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;
using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>Makes the signed texts with which apps check licenses offline (JWS, RFC 7515, in compact form).</summary>
/// <remarks>
/// The type stands in the protected header, so that one kind of text is never taken for another. A license token names
/// the key by a hash of it, the app, the installation and the caller's nonce: it is good for nothing else.
/// </remarks>
internal sealed class LicenseTokens(
    LicenseBook book, SigningKeyRing keys, IOptions<LicensingOptions> options, TimeProvider time)
{
    public const string LicenseType = "telemetry-license+jwt";
    public const string RefusalType = "telemetry-refusal+jwt";
    public const string KeysType = "telemetry-keys+jwt";
    public const string RevocationsType = "telemetry-revocations+jwt";

    private const string Issuer = "telemetry";
    private const int ThumbprintBytes = 16;

    /// <summary>How long a list and a key set are good; apps fetch both with each check.</summary>
    private static readonly TimeSpan ListLifetime = TimeSpan.FromDays(30);

    /// <summary>An old list is made anew, so that its age tells an app how well it is informed.</summary>
    private static readonly TimeSpan ListRefresh = TimeSpan.FromHours(1);

    private static readonly byte[] ThumbprintLabel = "telemetry license key\n"u8.ToArray();

    private readonly ObjectPool<TokenPayload> _payloads =
        new DefaultObjectPoolProvider().Create(new TokenPayload.Policy());

    private (string List, int Count, long Version, DateTimeOffset MadeAt)? _revocations;

    /// <summary>The proof that a license counts. The judgement must be a good one.</summary>
    public string ForLicense(LicenseJudgement judgement, TokenSubject subject)
    {
        var license = judgement.License!;
        var now = time.GetUtcNow();
        var hardExpiry = now + options.Value.OfflineFor;
        var payload = _payloads.Get();
        var json = Begin(payload, now, license.EndsAt < hardExpiry ? license.EndsAt.Value : hardExpiry);
        json.WriteNumber("refresh_after"u8, (now + options.Value.RefreshAfter).ToUnixTimeSeconds());
        WriteSubject(payload, subject);
        json.WriteString("license"u8, license.Id.ToString());
        json.WriteString("verdict"u8, judgement.Verdict == LicenseVerdict.Valid ? "valid"u8 : "valid_in_grace"u8);
        json.WriteString("edition"u8, license.Edition);
        json.WriteStartObject("limits"u8);
        foreach (var (name, limit) in license.Limits)
        {
            json.WriteNumber(name, limit);
        }

        json.WriteEndObject();
        if (license.ExpiresAt is { } expires)
        {
            json.WriteNumber("expires_at"u8, expires.ToUnixTimeSeconds());
        }

        json.WriteEndObject();

        return Sign(payload, keys.Current, LicenseType);
    }

    /// <summary>The proof that the server refused: an app whose earlier proof still holds gives it up for nothing less.</summary>
    public string ForRefusal(LicenseJudgement judgement, TokenSubject subject)
    {
        var now = time.GetUtcNow();
        var payload = _payloads.Get();
        var json = Begin(payload, now, now + ListLifetime);
        WriteSubject(payload, subject);
        json.WriteNumber("verdict"u8, (int)judgement.Verdict);
        json.WriteString("message"u8, LicenseSentences.Message(judgement));
        json.WriteString("next_step"u8, LicenseSentences.NextStep(judgement));
        json.WriteEndObject();
        return Sign(payload, keys.Current, RefusalType);
    }

    /// <summary>The published signing keys, signed by the root key.</summary>
    public string KeySet()
    {
        var now = time.GetUtcNow();
        var payload = _payloads.Get();
        var json = Begin(payload, now, now + ListLifetime);
        json.WriteStartArray("keys");
        foreach (var key in keys.Published)
        {
            json.WriteStartObject();
            json.WriteString("kty", "EC");
            json.WriteString("crv", "P-256");
            json.WriteString("x", key.X);
            json.WriteString("y", key.Y);
            json.WriteString("kid", key.Id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        return Sign(payload, keys.Root, KeysType);
    }

    /// <summary>The licenses that do not count, and how many.</summary>
    public (string List, int Count) Revocations()
    {
        var now = time.GetUtcNow();
        var version = book.Version;
        if (_revocations is { } made && made.Version == version && now - made.MadeAt < ListRefresh && now >= made.MadeAt)
        {
            return (made.List, made.Count);
        }

        var ids = book.InOrder
            .Where(id => book.Find(id)?.License.State is LicenseState.Revoked or LicenseState.Suspended)
            .Select(id => id.Value).Order().ToArray();
        var packed = new byte[ids.Length * LicenseId.Size];
        for (var i = 0; i < ids.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(packed.AsSpan(i * LicenseId.Size), ids[i]);
        }

        var payload = _payloads.Get();
        var json = Begin(payload, now, now + ListLifetime);
        json.WriteString("revoked", Base64Url.EncodeToString(packed));
        json.WriteEndObject();

        var list = Sign(payload, keys.Current, RevocationsType);
        _revocations = (list, ids.Length, version, now);
        return (list, ids.Length);
    }

    private static void WriteSubject(TokenPayload payload, TokenSubject subject)
    {
        payload.WriteBase64Url("nonce"u8, subject.Nonce);
        payload.Json.WriteString("instance"u8, subject.InstanceHash);
        payload.Json.WriteString("app"u8, subject.App);
        WriteThumbprint(payload, subject.CanonicalKey);
    }

    /// <summary>What stands for a key in a token; a key has too many random bits to be found by trying.</summary>
    private static void WriteThumbprint(TokenPayload payload, string canonicalKey)
    {
        Span<byte> text = stackalloc byte[ThumbprintLabel.Length + 4 * LicenseKey.MaxLength];
        ThumbprintLabel.CopyTo(text);
        var length = ThumbprintLabel.Length + Encoding.UTF8.GetBytes(canonicalKey, text[ThumbprintLabel.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        payload.WriteBase64Url("key"u8, hash[..ThumbprintBytes]);
    }

    private static Utf8JsonWriter Begin(TokenPayload payload, DateTimeOffset now, DateTimeOffset expiry)
    {
        var json = payload.Json;
        json.WriteStartObject();
        json.WriteString("iss"u8, Issuer);
        json.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
        json.WriteNumber("exp"u8, expiry.ToUnixTimeSeconds());
        return json;
    }

    private string Sign(TokenPayload payload, SigningKey key, string type)
    {
        var text = CompactJws.Make(key, type, payload.Complete());
        _payloads.Return(payload);
        return text;
    }
}

/// <summary>The question that a token answers; as the caller sent it but for the key, which is canonical.</summary>
internal readonly ref struct TokenSubject(string canonicalKey, string instanceHash, string app, ReadOnlySpan<byte> nonce)
{
    public string CanonicalKey { get; } = canonicalKey;

    public string InstanceHash { get; } = instanceHash;

    public string App { get; } = app;

    public ReadOnlySpan<byte> Nonce { get; } = nonce;
}
