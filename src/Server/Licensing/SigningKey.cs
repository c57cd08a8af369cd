using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Telemetry.Server.Licensing;

/// <summary>A private key that signs tokens: ECDSA on P-256 (ES256 of RFC 7518).</summary>
internal sealed class SigningKey : IDisposable
{
    public SigningKey(ECDsa key, DateTimeOffset createdAt)
    {
        Key = key;
        CreatedAt = createdAt;
        // A cache of its own: the library's is one for the process, and outlives this key.
        var security = new ECDsaSecurityKey(key)
        {
            CryptoProviderFactory = new CryptoProviderFactory(new InMemoryCryptoProviderCache()),
        };
        // The thumbprint of RFC 7638: the same key has the same name everywhere.
        Id = security.KeyId = Base64UrlEncoder.Encode(security.ComputeJwkThumbprint());
        Credentials = new SigningCredentials(security, SecurityAlgorithms.EcdsaSha256);
    }

    public string Id { get; }

    public DateTimeOffset CreatedAt { get; }

    public SigningCredentials Credentials { get; }

    public string PublicPem => Key.ExportSubjectPublicKeyInfoPem();

    public ECParameters PublicParameters => Key.ExportParameters(includePrivateParameters: false);

    private ECDsa Key { get; }

    public static SigningKey Create(DateTimeOffset now) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), now);

    /// <exception cref="CryptographicException">It is no such key.</exception>
    public static SigningKey FromPem(string pem, DateTimeOffset createdAt)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key.KeySize == 256
                ? new SigningKey(key, createdAt)
                : throw new CryptographicException("The key is not one on the curve P-256.");
        }
        catch (ArgumentException e)
        {
            key.Dispose();
            throw new CryptographicException("The file holds no private key in PEM.", e);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public string ExportPrivatePem() => Key.ExportPkcs8PrivateKeyPem();

    public void Dispose() => Key.Dispose();
}
