using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Telemetry.Client.Licensing;

/// <summary>A public key on P-256, named by its own thumbprint (RFC 7638), so that none answers under another's name.</summary>
internal sealed class VerificationKey
{
    private const int CoordinateBytes = 32;

    private readonly ECParameters _parameters;

    private VerificationKey(ECParameters parameters)
    {
        _parameters = parameters;
        var (x, y) = (Base64Url.EncodeToString(parameters.Q.X), Base64Url.EncodeToString(parameters.Q.Y));
        Id = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
            $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
    }

    public string Id { get; }

    /// <summary>Null when the two are no point of the curve, each in base64url.</summary>
    public static VerificationKey? Of(string? x, string? y)
    {
        if (Coordinate(x) is not { } left || Coordinate(y) is not { } right)
        {
            return null;
        }

        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = left, Y = right } };
        try
        {
            using var key = ECDsa.Create(parameters);
            return new VerificationKey(parameters);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public static VerificationKey Of(ECParameters parameters) => new(parameters);

    /// <summary>Whether the signature is this key's, ES256 of RFC 7518.</summary>
    public bool Verifies(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        // One object for each call: the platform's are not safe for several threads.
        using var key = ECDsa.Create(_parameters);
        return signature.Length == 2 * CoordinateBytes
            && key.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static byte[]? Coordinate(string? text) =>
        text is not null && Base64Url.IsValid(text) && Base64Url.DecodeFromChars(text) is { Length: CoordinateBytes } bytes
            ? bytes
            : null;
}
