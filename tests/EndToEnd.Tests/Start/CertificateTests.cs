using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests.Start;

/// <summary>A client that knows the root alone, as every client in the world does.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-certificate-").FullName;
    private readonly CertificateChain _first = new("telemetry.example");
    private readonly CertificateChain _renewed = new("telemetry.example");

    private string Pem => Path.Combine(_directory, "fullchain.pem");

    private string Key => Path.Combine(_directory, "privkey.pem");

    public void Dispose()
    {
        _first.Dispose();
        _renewed.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("one PEM file")]
    [InlineData("PEM files")]
    [InlineData("PFX file")]
    public async Task Intermediate_certificates_are_sent_along(string kind)
    {
        var pfx = Path.Combine(_directory, "server.pfx");
        string[] settings = kind switch
        {
            "one PEM file" => ["--Tls:Certificate=" + _first.WritePem(Pem)],
            "PEM files" => ["--Tls:Certificate=" + _first.WritePem(Pem, Key), "--Tls:Key=" + Key],
            _ => ["--Tls:Certificate=" + _first.WritePfx(pfx, "secret"), "--Tls:Password=secret"],
        };
        using var server = await StartAsync(settings);

        Assert.Equal(_first.Leaf, await ShakeHandsAsync(server, _first));
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeHandsAsync(server, _renewed));
        Assert.Contains(server.Lines, line => line.EndsWith("everything; certificate good until 2060-01-01", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_on_SIGHUP_and_a_broken_one_is_not()
    {
        _first.WritePem(Pem, Key);
        using var server = await StartAsync("--Tls:Certificate=" + Pem, "--Tls:Key=" + Key);
        Assert.Equal(_first.Leaf, await ShakeHandsAsync(server, _first));

        _renewed.WritePem(Pem, Key);
        server.Signal("HUP");
        await server.WaitForLineAsync("New connections get the certificate in '");
        Assert.Equal(_renewed.Leaf, await ShakeHandsAsync(server, _renewed));

        await File.WriteAllTextAsync(Pem, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
        server.Signal("HUP");
        await server.WaitForLineAsync("A changed certificate was not taken; the old one, good until 2060-01-01");
        Assert.Equal(_renewed.Leaf, await ShakeHandsAsync(server, _renewed));
        Assert.DoesNotContain(server.Lines, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_without_a_signal_also_behind_symbolic_links()
    {
        // As Kubernetes mounts secrets: the files are links into a directory that is itself a link, and that is exchanged.
        var old = Directory.CreateDirectory(Path.Combine(_directory, "old")).FullName;
        var young = Directory.CreateDirectory(Path.Combine(_directory, "young")).FullName;
        var now = Path.Combine(_directory, "now");
        _first.WritePem(Path.Combine(old, "tls.crt"), Path.Combine(old, "tls.key"));
        _renewed.WritePem(Path.Combine(young, "tls.crt"), Path.Combine(young, "tls.key"));
        Directory.CreateSymbolicLink(now, old);
        File.CreateSymbolicLink(Pem, Path.Combine(now, "tls.crt"));
        File.CreateSymbolicLink(Key, Path.Combine(now, "tls.key"));
        using var server = await StartAsync("--Tls:Certificate=" + Pem, "--Tls:Key=" + Key);
        Assert.Equal(_first.Leaf, await ShakeHandsAsync(server, _first));

        Directory.CreateSymbolicLink(now + ".new", young);
        // In one step, which the framework's own moves are not for links to directories.
        using (var move = System.Diagnostics.Process.Start("mv", ["-T", now + ".new", now]))
        {
            await move.WaitForExitAsync();
        }

        await server.WaitForLineAsync("New connections get the certificate in '");
        Assert.Equal(_renewed.Leaf, await ShakeHandsAsync(server, _renewed));
    }

    [Fact]
    public async Task SIGHUP_does_not_end_a_server_without_a_certificate()
    {
        using var server = await ServerProcess.StartAsync(Path.Combine(_directory, "data"));
        using var http = new HttpClient { BaseAddress = server.Http };

        server.Signal("HUP");

        Assert.Equal("ready\n", await http.GetStringAsync("healthz"));
        Assert.Equal(0, await server.StopAsync());
    }

    private Task<ServerProcess> StartAsync(params string[] settings) =>
        ServerProcess.StartAsync(Path.Combine(_directory, "data"), ["--Tls:Address=127.0.0.1:0", .. settings]);

    /// <returns>The certificate that the server showed.</returns>
    /// <exception cref="AuthenticationException">What the server sent does not lead to the root.</exception>
    private static async Task<X509Certificate> ShakeHandsAsync(ServerProcess server, CertificateChain trusted)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Tls.Host, server.Tls.Port);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "telemetry.example",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { trusted.Root },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        });
        Assert.Equal(SslApplicationProtocol.Http2, tls.NegotiatedApplicationProtocol);
        return tls.RemoteCertificate!;
    }
}
