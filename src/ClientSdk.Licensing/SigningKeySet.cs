using Microsoft.IdentityModel.Tokens;

namespace Telemetry.Client.Licensing;

/// <summary>The keys under which the server signs, vouched for by a root key.</summary>
internal sealed class SigningKeySet
{
    private readonly Dictionary<string, SecurityKey> _keys;

    private SigningKeySet(string text, DateTimeOffset issuedAt, DateTimeOffset expiresAt, Dictionary<string, SecurityKey> keys)
    {
        Text = text;
        IssuedAt = issuedAt;
        ExpiresAt = expiresAt;
        _keys = keys;
    }

    /// <summary>The token as it came, to be verified again when it is read from a file.</summary>
    public string Text { get; }

    public DateTimeOffset IssuedAt { get; }

    /// <summary>
    /// From then on no new answer is believed by these keys. A proof that was received before holds: its own end counts.
    /// </summary>
    public DateTimeOffset ExpiresAt { get; }

    public SecurityKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    public static async Task<Verified<SigningKeySet>> VerifyAsync(string text, RootKeySet roots)
    {
        var token = await TokenVerifier.VerifyAsync(text, TokenTypes.Keys, roots.Find).ConfigureAwait(false);
        if (!token.Ok)
        {
            return Verified<SigningKeySet>.Not(token.Problem);
        }

        if (token.Value.Moment("iat") is not { } issued || token.Value.Moment("exp") is not { } expires
            || token.Value.Objects("keys") is not { } items)
        {
            return Verified<SigningKeySet>.Not("it lacks what belongs into it");
        }

        var keys = new Dictionary<string, SecurityKey>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (Read(item) is not { } key)
            {
                return Verified<SigningKeySet>.Not("it holds a key of another kind");
            }

            keys[key.KeyId] = key;
        }

        return new SigningKeySet(text, issued, expires, keys);
    }

    private static JsonWebKey? Read(string json)
    {
        JsonWebKey key;
        try
        {
            key = new JsonWebKey(json);
        }
        catch (ArgumentException)
        {
            return null;
        }

        // The id must be the key's own thumbprint, so that no key answers under another's name.
        return key.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve && key.Crv == JsonWebKeyECTypes.P256
            && !string.IsNullOrEmpty(key.X) && !string.IsNullOrEmpty(key.Y)
            && key.KeyId == Base64UrlEncoder.Encode(key.ComputeJwkThumbprint())
                ? key
                : null;
    }
}
