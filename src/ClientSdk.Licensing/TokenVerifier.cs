using System.Buffers.Text;
using System.Text;

namespace Telemetry.Client.Licensing;

/// <summary>Checks where a token comes from: a JWS in compact form (RFC 7515), signed with ES256 and nothing else.</summary>
/// <remarks>
/// Responsible for: form, algorithm, type, issuer, and the signature by the key that the token names.
/// Not responsible for: times, which are judged by a clock that the server may correct, and what else a token says.
/// Throws: never, whatever the token is.
/// </remarks>
internal static class TokenVerifier
{
    private const string Issuer = "telemetry";
    private const string Algorithm = "ES256";

    /// <summary>As much as a gRPC client takes in one message by default; revocation lists may be long.</summary>
    private const int LargestToken = 4 * 1024 * 1024;

    /// <param name="token">A JWS in compact form.</param>
    /// <param name="type">The type that it must have.</param>
    /// <param name="keyOf">The key with this id, null when there is none that is trusted for this type.</param>
    public static Verified<TokenClaims> Verify(string token, string type, Func<string, VerificationKey?> keyOf)
    {
        if (HeaderOf(token) is not { } header)
        {
            return Verified<TokenClaims>.Not("it is not a signed token");
        }

        // The one algorithm, so that neither "none" nor a public key used as a shared secret gets by; and no extension
        // that must be understood (RFC 7515, 4.1.11), since none is.
        if (header.Text("alg") != Algorithm || header.Has("crit"))
        {
            return Verified<TokenClaims>.Not("it is signed in another way");
        }

        if (header.Text("kid") is not { } id || keyOf(id) is not { } key)
        {
            return Verified<TokenClaims>.Not("it is signed by an unknown key");
        }

        var end = token.LastIndexOf('.');
        if (!key.Verifies(Encoding.ASCII.GetBytes(token[..end]), Base64Url.DecodeFromChars(token.AsSpan(end + 1))))
        {
            return Verified<TokenClaims>.Not("its signature does not match");
        }

        if (header.Text("typ") != type)
        {
            return Verified<TokenClaims>.Not("it is of another type");
        }

        return TokenClaims.Parse(token.Split('.')[1], id) switch
        {
            null => Verified<TokenClaims>.Not("it says nothing"),
            var claims when claims.Text("iss") != Issuer => Verified<TokenClaims>.Not("it has another issuer"),
            var claims => claims,
        };
    }

    /// <summary>The id of the key by which a token says to be signed; empty when it is no token.</summary>
    public static string KeyIdOf(string token) => HeaderOf(token)?.Text("kid") ?? "";

    /// <summary>
    /// Null unless there are three parts, each the one way to write its bytes: the last character of a base64url text has
    /// bits to spare, and some decoders overlook them, blanks and padding.
    /// </summary>
    private static TokenClaims? HeaderOf(string token)
    {
        if (token.Length is 0 or > LargestToken)
        {
            return null;
        }

        var parts = token.Split('.');
        return parts.Length == 3 && parts.All(part =>
            part.Length > 0 && Base64Url.IsValid(part) && Base64Url.EncodeToString(Base64Url.DecodeFromChars(part)) == part)
                ? TokenClaims.Parse(parts[0], keyId: "")
                : null;
    }
}
