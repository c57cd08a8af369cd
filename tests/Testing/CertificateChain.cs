using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Telemetry.Testing;

/// <summary>A server's certificate, issued by an intermediate authority that was certified by a root.</summary>
internal sealed class CertificateChain : IDisposable
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2060, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _intermediate;

    public CertificateChain(string host)
    {
        var name = Guid.NewGuid().ToString("N")[..8];
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Root = Authority($"CN=Root {name}", rootKey).CreateSelfSigned(From, To);
        using var issuer = Authority($"CN=Intermediate {name}", intermediateKey).Create(Root, From, To, Serial()).CopyWithPrivateKey(intermediateKey);
        _intermediate = X509CertificateLoader.LoadCertificate(issuer.RawData);
        var request = new CertificateRequest($"CN={host}", _leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        Leaf = request.Create(issuer, From, To, Serial());
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Leaf { get; }

    /// <summary>As certbot writes it: "fullchain.pem" has the leaf and the intermediate, the key is beside it or in it.</summary>
    /// <returns>The path of the certificate.</returns>
    public string WritePem(string fullChain, string? key = null)
    {
        var certificates = Leaf.ExportCertificatePem() + "\n" + _intermediate.ExportCertificatePem() + "\n";
        if (key is not null)
        {
            File.WriteAllText(key, _leafKey.ExportPkcs8PrivateKeyPem());
        }

        File.WriteAllText(fullChain, key is null ? certificates + _leafKey.ExportPkcs8PrivateKeyPem() : certificates);
        return fullChain;
    }

    /// <returns>The path.</returns>
    public string WritePfx(string path, string password)
    {
        using var own = Leaf.CopyWithPrivateKey(_leafKey);
        File.WriteAllBytes(path, new X509Certificate2Collection { own, _intermediate }.Export(X509ContentType.Pfx, password)!);
        return path;
    }

    public void Dispose()
    {
        Root.Dispose();
        Leaf.Dispose();
        _intermediate.Dispose();
        _leafKey.Dispose();
    }

    private static byte[] Serial() => RandomNumberGenerator.GetBytes(8);

    private static CertificateRequest Authority(string name, ECDsa key) => new(name, key, HashAlgorithmName.SHA256)
    {
        CertificateExtensions =
        {
            new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true),
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true),
        },
    };
}
