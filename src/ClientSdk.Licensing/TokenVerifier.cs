using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Telemetry.Client.Licensing;

/// <summary>Checks where a token comes from.</summary>
/// <remarks>
/// Responsible for: form, algorithm, type, issuer, and the signature by the key that the token names.
/// Not responsible for: times, which are judged by a clock that the server may correct, and what else a token says.
/// </remarks>
internal static class TokenVerifier
{
    private const string Issuer = "telemetry";

    /// <summary>As much as a gRPC client takes in one message by default; revocation lists may be long.</summary>
    private const int LargestToken = 4 * 1024 * 1024;

    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = LargestToken };

    /// <param name="token">A JWS in compact form.</param>
    /// <param name="type">The type that it must have.</param>
    /// <param name="keyOf">The key with this id, null when there is none that is trusted for this type.</param>
    public static async Task<Verified<TokenClaims>> VerifyAsync(
        string token, string type, Func<string, SecurityKey?> keyOf)
    {
        if (!IsCanonical(token))
        {
            return Verified<TokenClaims>.Not("it is not a signed token");
        }

        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            // The only one, so that neither "none" nor a public key used as a shared secret gets by.
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [type],
            ValidIssuer = Issuer,
            ValidateAudience = false,
            ValidateLifetime = false,
            TryAllIssuerSigningKeys = false,
            IssuerSigningKeyResolver = (_, _, keyId, _) =>
                keyId is not null && keyOf(keyId) is { } key ? [key] : [],
        }).ConfigureAwait(false);
        if (!result.IsValid)
        {
            return Verified<TokenClaims>.Not(Explain(result.Exception));
        }

        var verified = (JsonWebToken)result.SecurityToken;
        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(verified.EncodedPayload));
            return payload.RootElement.ValueKind == JsonValueKind.Object
                ? new TokenClaims(payload.RootElement.Clone(), verified.Kid)
                : Verified<TokenClaims>.Not("it says nothing");
        }
        catch (JsonException)
        {
            return Verified<TokenClaims>.Not("it says nothing");
        }
    }

    /// <summary>The id of the key by which a token says to be signed; empty when it is no token.</summary>
    public static string KeyIdOf(string token)
    {
        if (!IsCanonical(token))
        {
            return "";
        }

        try
        {
            return Handler.ReadJsonWebToken(token).Kid ?? "";
        }
        catch (ArgumentException)
        {
            // How the handler says that the parts are no JSON.
            return "";
        }
    }

    /// <summary>
    /// Three parts, each the one way to write its bytes: the last character of a base64url text has bits to spare, and
    /// some decoders overlook them, blanks and padding. The library in use refuses these too; this does not rest on it.
    /// </summary>
    private static bool IsCanonical(string token)
    {
        if (token.Length is 0 or > LargestToken)
        {
            return false;
        }

        var parts = token.Split('.');
        return parts.Length == 3 && parts.All(part =>
            part.Length > 0 && Base64Url.IsValid(part) && Base64Url.EncodeToString(Base64Url.DecodeFromChars(part)) == part);
    }

    private static string Explain(Exception? problem) => problem switch
    {
        SecurityTokenSignatureKeyNotFoundException => "it is signed by an unknown key",
        SecurityTokenInvalidSignatureException => "its signature does not match",
        SecurityTokenInvalidTypeException => "it is of another type",
        SecurityTokenInvalidAlgorithmException => "it is signed in another way",
        SecurityTokenInvalidIssuerException => "it has another issuer",
        _ => "it is not a signed token",
    };
}
