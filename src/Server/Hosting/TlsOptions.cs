namespace Telemetry.Server.Hosting;

/// <summary>Section "Tls": one port for everything, HTTP/1.1 and HTTP/2 told apart by ALPN.</summary>
internal sealed class TlsOptions
{
    public const string Section = "Tls";

    /// <summary>
    /// Certificate: a PEM file (with <see cref="Key"/>) or a PFX file; intermediate certificates in it are sent along.
    /// Default: none, no TLS.
    /// </summary>
    public string? Certificate { get; set; }

    /// <summary>Private key in PEM. Default: in the certificate's file.</summary>
    public string? Key { get; set; }

    /// <summary>Password of the key or of the PFX file. Default: none.</summary>
    public string? Password { get; set; }

    /// <summary>Address of the TLS listener. Default: 127.0.0.1:8443.</summary>
    public string Address { get; set; } = "127.0.0.1:8443";
}
