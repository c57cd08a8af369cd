using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Telemetry.Server.Hosting;

/// <summary>The files of the server's certificate.</summary>
internal sealed class CertificateFiles(string certificate, string? key, string? password)
{
    public string Name => certificate;

    /// <summary>Null without TLS.</summary>
    public static CertificateFiles? Of(TlsOptions options) =>
        options.Certificate is { } certificate ? new CertificateFiles(certificate, options.Key, options.Password) : null;

    /// <summary>Tells one state of the files from another.</summary>
    /// <exception cref="CertificateException">They cannot be read.</exception>
    public string Fingerprint()
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(File.ReadAllBytes(certificate));
            if (key is not null)
            {
                hash.AppendData(File.ReadAllBytes(key));
            }

            return Convert.ToHexString(hash.GetHashAndReset());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"Tls:Certificate '{certificate}' cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The certificate with its key and the intermediates beside it.</summary>
    /// <exception cref="CertificateException">The message tells an operator what is wrong with them.</exception>
    public SslStreamCertificateContext Load()
    {
        try
        {
            var (own, others) = Path.GetExtension(certificate).ToUpperInvariant() is ".PFX" or ".P12" ? LoadPfx() : LoadPem();
            // Offline: a start must not wait for somebody else's server.
            return SslStreamCertificateContext.Create(own, others, offline: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CertificateException($"Tls:Certificate '{certificate}' cannot be used: {e.Message} {Advice}", e);
        }
    }

    private string Advice => (key, password) switch
    {
        (null, null) => "A private key in a file of its own is named by Tls:Key, a password by Tls:Password.",
        (_, null) => $"Check that '{key}' is the key of this certificate; a password is given by Tls:Password.",
        _ => "Check Tls:Password; a key without a password takes none.",
    };

    private (X509Certificate2 Own, X509Certificate2Collection Others) LoadPfx()
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(certificate, password);
        var own = all.FirstOrDefault(found => found.HasPrivateKey)
            ?? throw new CryptographicException("It holds no private key.");
        all.Remove(own);
        return (own, all);
    }

    private (X509Certificate2 Own, X509Certificate2Collection Others) LoadPem()
    {
        var own = password is null
            ? X509Certificate2.CreateFromPemFile(certificate, key)
            : X509Certificate2.CreateFromEncryptedPemFile(certificate, password, key);
        var others = new X509Certificate2Collection();
        others.ImportFromPemFile(certificate);
        // The first one is the server's own.
        others.RemoveAt(0);
        return (own, others);
    }
}

/// <summary>The certificate cannot be used; the message tells an operator why and what to do.</summary>
internal sealed class CertificateException(string message, Exception inner) : Exception(message, inner);
