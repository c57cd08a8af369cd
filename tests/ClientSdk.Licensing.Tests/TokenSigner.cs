using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Telemetry.ClientSdk.Licensing.Tests;

/// <summary>Signs as the server does, written without any of the SDK's means.</summary>
internal sealed class TokenSigner
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Pem => _key.ExportSubjectPublicKeyInfoPem();

    public string KeyId => Base64Url.EncodeToString(SHA256.HashData(
        Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""")));

    private string X => Base64Url.EncodeToString(_key.ExportParameters(false).Q.X);

    private string Y => Base64Url.EncodeToString(_key.ExportParameters(false).Q.Y);

    public JsonObject Jwk() => new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = X, ["y"] = Y, ["kid"] = KeyId };

    public string Sign(string type, JsonObject claims, string? keyId = null) =>
        Assemble("ES256", type, keyId ?? KeyId, claims, input => _key.SignData(input, HashAlgorithmName.SHA256));

    /// <summary>A token with another algorithm's name and this signature.</summary>
    public static string Assemble(string algorithm, string type, string keyId, JsonObject claims, Func<byte[], byte[]> sign)
    {
        var header = new JsonObject { ["alg"] = algorithm, ["kid"] = keyId, ["typ"] = type };
        var input = $"{Part(header)}.{Part(claims)}";
        return $"{input}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Part(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
