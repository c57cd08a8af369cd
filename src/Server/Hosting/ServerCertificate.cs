using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Telemetry.Server.Hosting;

/// <summary>The certificate that new connections get; exchanged when its files change.</summary>
/// <remarks>Threading: any number of handshakes, one at a time that reloads.</remarks>
internal sealed class ServerCertificate
{
    private readonly CertificateFiles _files;
    private SslServerAuthenticationOptions _handshake;
    private string _loaded;
    private string? _seen;

    /// <exception cref="CertificateException">The files cannot be used.</exception>
    public ServerCertificate(CertificateFiles files)
    {
        _files = files;
        _loaded = files.Fingerprint();
        _handshake = Handshake(files.Load());
    }

    public X509Certificate2 Current => Volatile.Read(ref _handshake).ServerCertificateContext!.TargetCertificate;

    public DateTime GoodUntil => Current.NotAfter.ToUniversalTime();

    public string Name => _files.Name;

    public ValueTask<SslServerAuthenticationOptions> ForHandshake() => new(Volatile.Read(ref _handshake));

    /// <summary>
    /// Takes changed files once they have been the same on two looks in a row: certificate and key are often replaced
    /// one after the other.
    /// </summary>
    /// <returns>Whether new ones were taken.</returns>
    /// <exception cref="CertificateException">Changed files cannot be used; the certificate stays as it was.</exception>
    public bool ReloadWhenChanged()
    {
        var now = _files.Fingerprint();
        if (now == _loaded || now != _seen)
        {
            _seen = now;
            return false;
        }

        Load(now);
        return true;
    }

    /// <summary>Takes the files as they are now.</summary>
    /// <exception cref="CertificateException">They cannot be used; the certificate stays as it was.</exception>
    public void Reload() => Load(_files.Fingerprint());

    private void Load(string fingerprint)
    {
        var context = _files.Load();
        _loaded = fingerprint;
        // Connections that have begun go on with the old one, so it is left to the collector.
        Volatile.Write(ref _handshake, Handshake(context));
    }

    private static SslServerAuthenticationOptions Handshake(SslStreamCertificateContext context) => new()
    {
        ServerCertificateContext = context,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };
}
