using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests;

/// <summary>nginx or Caddy with the example of docs/operations/proxies.md; only ports, files and paths are changed.</summary>
internal sealed partial class RunningProxy : IDisposable
{
    private const string Host = "telemetry.example.org";

    private readonly TestServer _server;
    private readonly Process _process;
    private readonly string _directory;
    private readonly X509Certificate2 _certificate;
    private readonly int _port;

    private RunningProxy(TestServer server, Process process, string directory, X509Certificate2 certificate, int port) =>
        (_server, _process, _directory, _certificate, _port) = (server, process, directory, certificate, port);

    public static async Task<RunningProxy> StartAsync(string example, TestServer server)
    {
        var directory = Directory.CreateTempSubdirectory("telemetry-proxy-").FullName;
        var port = FreePort();
        var certificate = WriteCertificate(directory);
        var configuration = Example(example)
            .Replace("127.0.0.1:8080", server.Http.Authority, StringComparison.Ordinal)
            .Replace("127.0.0.1:8081", server.Http2.Authority, StringComparison.Ordinal);
        var start = example == "nginx" ? Nginx(configuration, directory, port) : Caddy(configuration, directory, port);
        start.RedirectStandardError = start.RedirectStandardOutput = true;
        var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEndAsync();
        var proxy = new RunningProxy(server, process, directory, certificate, port);
        await Patience.Until(() => process.HasExited || Listens(port), $"{example} listens");
        return process.HasExited
            ? throw new InvalidOperationException($"{example} does not take the example: {await complaints}")
            : proxy;
    }

    public CallerAt CallerAt(string address) =>
        new(address, new Uri($"https://{Host}:{_port}"), new Uri($"https://{Host}:{_port}"), _certificate);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _certificate.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static ProcessStartInfo Nginx(string example, string directory, int port)
    {
        var site = example
            .Replace("listen 443 ", $"listen 127.0.0.1:{port} ", StringComparison.Ordinal)
            .Replace("/etc/ssl/telemetry/", directory + "/", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(directory, "nginx.conf"), $$"""
            daemon off;
            master_process off;
            pid {{directory}}/nginx.pid;
            error_log stderr;
            events { }
            http {
                access_log off;
                client_body_temp_path {{directory}}/body;
                proxy_temp_path {{directory}}/proxy;
                fastcgi_temp_path {{directory}}/fastcgi;
                uwsgi_temp_path {{directory}}/uwsgi;
                scgi_temp_path {{directory}}/scgi;
            {{site}}
            }
            """);
        return new ProcessStartInfo(Installed("nginx"))
        {
            ArgumentList = { "-e", "stderr", "-p", directory, "-c", Path.Combine(directory, "nginx.conf") },
        };
    }

    private static ProcessStartInfo Caddy(string example, string directory, int port)
    {
        var site = example.Replace(
            Host + " {",
            $"https://{Host}:{port} {{\n    bind 127.0.0.1\n    tls {directory}/fullchain.pem {directory}/privkey.pem",
            StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(directory, "Caddyfile"), $$"""
            {
                admin off
                auto_https disable_redirects
            }
            {{site}}
            """);
        return new ProcessStartInfo(Installed("caddy"))
        {
            ArgumentList = { "run", "--adapter", "caddyfile", "--config", Path.Combine(directory, "Caddyfile") },
            Environment = { ["HOME"] = directory, ["XDG_DATA_HOME"] = directory, ["XDG_CONFIG_HOME"] = directory },
        };
    }

    /// <summary>The one block of this language in the page.</summary>
    private static string Example(string language)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Telemetry.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run inside the repository.");
        }

        var page = File.ReadAllText(Path.Combine(root, "docs/operations/proxies.md"));
        return Block().Matches(page).Single(match => match.Groups["language"].Value == language).Groups["text"].Value;
    }

    private static string Installed(string name) => new[] { "/usr/sbin", "/usr/bin", "/usr/local/bin" }
        .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{name} is not installed: apt-get install {name}");

    private static X509Certificate2 WriteCertificate(string directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + Host, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        var certificate = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(Path.Combine(directory, "fullchain.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "privkey.pem"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
