using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace Telemetry.Server.Licensing;

/// <summary>A private key that signs tokens: ECDSA on P-256 (ES256 of RFC 7518).</summary>
/// <remarks>Threading: any. An <see cref="ECDsa"/> is not promised to be, so each signature has one to itself.</remarks>
internal sealed class SigningKey : IDisposable
{
    /// <summary>Both numbers of a signature at full length, as JWS wants them.</summary>
    public const int SignatureSize = 64;

    private readonly ECDsa _key;
    private readonly ECParameters _public;
    private readonly ObjectPool<ECDsa> _signers;
    private readonly ConcurrentDictionary<string, byte[]> _headers = new(StringComparer.Ordinal);

    public SigningKey(ECDsa key, DateTimeOffset createdAt)
    {
        _key = key;
        _public = key.ExportParameters(includePrivateParameters: false);
        _signers = new DefaultObjectPoolProvider().Create(new SignerPolicy(key));
        CreatedAt = createdAt;
        PublicPem = key.ExportSubjectPublicKeyInfoPem();
        Id = ThumbprintOf(X, Y);
    }

    /// <summary>The thumbprint of RFC 7638: the same key has the same name everywhere.</summary>
    public string Id { get; }

    public DateTimeOffset CreatedAt { get; }

    public string PublicPem { get; }

    /// <summary>The public point's first coordinate, as a JWK has it.</summary>
    public string X => Base64Url.EncodeToString(_public.Q.X);

    /// <summary>The public point's second coordinate, as a JWK has it.</summary>
    public string Y => Base64Url.EncodeToString(_public.Q.Y);

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
        catch (PlatformNotSupportedException e)
        {
            key.Dispose();
            // What the system's library makes of numbers that are no point of the curve.
            throw new CryptographicException("The key is not one on the curve P-256.", e);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public string ExportPrivatePem()
    {
        lock (_key)
        {
            return _key.ExportPkcs8PrivateKeyPem();
        }
    }

    /// <summary>The protected header of texts of a type, in base64url.</summary>
    public ReadOnlySpan<byte> HeaderOf(string type) => _headers.GetOrAdd(type, static (type, id) =>
    {
        // Types are this server's own constants and ids are base64url: nothing to escape.
        var json = $$"""{"alg":"ES256","kid":"{{id}}","typ":"{{type}}"}""";
        return Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Encoding.ASCII.GetBytes(json)));
    }, Id);

    /// <param name="text">What is signed.</param>
    /// <param name="signature">Gets the signature, <see cref="SignatureSize"/> bytes.</param>
    public void Sign(ReadOnlySpan<byte> text, Span<byte> signature)
    {
        var signer = _signers.Get();
        signer.SignData(text, signature, HashAlgorithmName.SHA256);
        // One that failed is left to the collector.
        _signers.Return(signer);
    }

    public void Dispose()
    {
        // The provider makes a disposable pool of what is disposable.
        ((IDisposable)_signers).Dispose();
        _key.Dispose();
    }

    private static string ThumbprintOf(string x, string y) => Base64Url.EncodeToString(SHA256.HashData(
        Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));

    private sealed class SignerPolicy(ECDsa key) : PooledObjectPolicy<ECDsa>
    {
        public override ECDsa Create()
        {
            ECParameters parameters;
            lock (key)
            {
                parameters = key.ExportParameters(includePrivateParameters: true);
            }

            try
            {
                return ECDsa.Create(parameters);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(parameters.D);
            }
        }

        public override bool Return(ECDsa obj) => true;
    }
}

/// <summary>The keys that sign tokens cannot be used; the message tells an operator why and what to do.</summary>
internal sealed class SigningKeyException(string message, Exception? inner = null) : Exception(message, inner);
