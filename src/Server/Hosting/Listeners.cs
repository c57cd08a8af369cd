using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Telemetry.Server.Demo;

namespace Telemetry.Server.Hosting;

/// <summary>What the server listens on; the ports are the real ones once it has started.</summary>
/// <remarks>
/// Without TLS, HTTP/1.1 and HTTP/2 cannot share a port: there is no ALPN to tell them apart. With TLS they do.
/// </remarks>
internal sealed class Listeners : IOwnAddress
{
    private const long MaxRequestBytes = 4 * 1024 * 1024;

    private readonly List<Listener> _listeners = [];
    private readonly Listener? _http;
    private readonly Listener? _grpc;
    private readonly Listener? _tls;

    /// <param name="server">Which addresses are wanted.</param>
    /// <param name="tls">Whether and where TLS is spoken.</param>
    /// <param name="mayMove">Whether a default port that is in use may be replaced by a free one.</param>
    /// <exception cref="UsageException">An address cannot be used.</exception>
    /// <exception cref="CertificateException">The certificate cannot be used.</exception>
    public Listeners(ServerOptions server, TlsOptions tls, bool mayMove)
    {
        if (CertificateFiles.Of(tls) is { } files)
        {
            Certificate = new ServerCertificate(files);
            _tls = Add("Tls:Address", tls.Address, null, HttpProtocols.Http1AndHttp2);
        }

        var byDefault = Certificate is null;
        _http = Add("Server:Http", server.Http, byDefault ? ServerOptions.DefaultHttp : null, HttpProtocols.Http1);
        _grpc = Add("Server:Grpc", server.Grpc, byDefault ? ServerOptions.DefaultGrpc : null, HttpProtocols.Http2);

        Listener? Add(string key, string? given, string? otherwise, HttpProtocols protocols)
        {
            if ((given ?? otherwise) is not { } address)
            {
                return null;
            }

            var listener = new Listener(key, Endpoint.Parse(key, address), protocols, mayMove && given is null);
            if (_listeners.Find(other => other.Wanted.Port != 0 && other.Wanted.Equals(listener.Wanted)) is { } twin)
            {
                throw new UsageException($"{twin.Key} and {key} are both {address}; each needs a port of its own.");
            }

            _listeners.Add(listener);
            return listener;
        }
    }

    public Uri? Http => _http?.UriOf(Uri.UriSchemeHttp);

    public Uri? Grpc => _grpc?.UriOf(Uri.UriSchemeHttp);

    public Uri? Tls => _tls?.UriOf(Uri.UriSchemeHttps);

    public Uri NativeGrpc =>
        Grpc ?? Tls ?? throw new InvalidOperationException("No listener takes native gRPC, or none has started.");

    /// <summary>Null without TLS.</summary>
    public ServerCertificate? Certificate { get; }

    X509Certificate2? IOwnAddress.Certificate => Certificate?.Current;

    /// <summary>Whether somebody outside this machine could listen in.</summary>
    public bool OutsideWithoutTls => new[] { _http, _grpc }.Any(listener =>
        listener?.Bound is { } endpoint && !IPAddress.IsLoopback(endpoint.Address));

    /// <summary>Whether some default port was in use and has been replaced.</summary>
    public bool Moved => _listeners.Exists(listener => listener.MayMove && listener.Bound?.Port != listener.Wanted.Port);

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        foreach (var listener in _listeners)
        {
            kestrel.Listen(listener.Wanted, options =>
            {
                options.Protocols = listener.Protocols;
                listener.Options = options;
                if (listener == _tls)
                {
                    options.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => Certificate!.ForHandshake() });
                }
            });
        }
    }

    /// <summary>The configuration key that asks for an address.</summary>
    public string KeyOf(IPEndPoint wanted) => _listeners.Find(listener => listener.Wanted.Equals(wanted))!.Key;

    /// <summary>Whether any free port will do instead of this address.</summary>
    public bool MayMove(IPEndPoint wanted) => _listeners.Exists(listener => listener.MayMove && listener.Wanted.Equals(wanted));

    private sealed class Listener(string key, IPEndPoint wanted, HttpProtocols protocols, bool mayMove)
    {
        public string Key => key;

        public IPEndPoint Wanted => wanted;

        public HttpProtocols Protocols => protocols;

        public bool MayMove => mayMove;

        public ListenOptions? Options { get; set; }

        /// <summary>Where it really listens; null before it does.</summary>
        public IPEndPoint? Bound => Options?.IPEndPoint;

        public Uri? UriOf(string scheme)
        {
            if (Bound is not { } endpoint)
            {
                return null;
            }

            var host = endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any)
                ? "127.0.0.1"
                : endpoint.Address.ToString();
            return new UriBuilder(scheme, host, endpoint.Port).Uri;
        }
    }
}
