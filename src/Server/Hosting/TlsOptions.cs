using System.Security.Cryptography.X509Certificates;

namespace Telemetry.Server.Hosting;

/// <summary>Section "Tls": one port for everything, HTTP/1.1 and HTTP/2 told apart by ALPN.</summary>
internal sealed class TlsOptions
{
    public const string Section = "Tls";

    /// <summary>Certificate: a PEM file (with <see cref="Key"/>) or a PFX file. Default: none, no TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>Private key in PEM. Default: in the certificate's file.</summary>
    public string? Key { get; set; }

    /// <summary>Password of the key or of the PFX file. Default: none.</summary>
    public string? Password { get; set; }

    /// <summary>Address of the TLS listener. Default: 127.0.0.1:8443.</summary>
    public string Address { get; set; } = "127.0.0.1:8443";

    /// <exception cref="UsageException">The files cannot be read.</exception>
    public X509Certificate2? Load()
    {
        if (string.IsNullOrEmpty(Certificate))
        {
            return null;
        }

        try
        {
            if (Path.GetExtension(Certificate).ToUpperInvariant() is ".PFX" or ".P12")
            {
                return X509CertificateLoader.LoadPkcs12FromFile(Certificate, Password);
            }

            return Password is null
                ? X509Certificate2.CreateFromPemFile(Certificate, Key)
                : X509Certificate2.CreateFromEncryptedPemFile(Certificate, Password, Key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or System.Security.Cryptography.CryptographicException)
        {
            throw new UsageException($"Tls:Certificate '{Certificate}' cannot be used: {e.Message}");
        }
    }
}
