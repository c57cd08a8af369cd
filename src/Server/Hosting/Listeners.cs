using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Telemetry.Server.Demo;

namespace Telemetry.Server.Hosting;

/// <summary>What the server listens on; the ports are the real ones once it has started.</summary>
/// <remarks>
/// Without TLS, HTTP/1.1 and HTTP/2 cannot share a port: there is no ALPN to tell them apart. With TLS they do.
/// </remarks>
internal sealed class Listeners(ServerOptions server, TlsOptions tls) : IOwnAddress
{
    private const long MaxRequestBytes = 4 * 1024 * 1024;

    private ListenOptions? _http;
    private ListenOptions? _grpc;
    private ListenOptions? _tls;

    public Uri? Http => UriOf(_http, "http");

    public Uri? Grpc => UriOf(_grpc, "http");

    public Uri? Tls => UriOf(_tls, "https");

    public Uri NativeGrpc =>
        Grpc ?? Tls ?? throw new InvalidOperationException("No listener takes native gRPC, or none has started.");

    public X509Certificate2? Certificate { get; private set; }

    /// <summary>Whether somebody outside this machine could listen in.</summary>
    public bool OutsideWithoutTls => new[] { _http, _grpc }.Any(listener =>
        listener?.IPEndPoint is { } endpoint && !IPAddress.IsLoopback(endpoint.Address));

    /// <exception cref="UsageException">An address or the certificate cannot be used.</exception>
    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        Certificate = tls.Load();
        if (Certificate is { } certificate)
        {
            kestrel.Listen(Endpoint.Parse("Tls:Address", tls.Address), listener =>
            {
                listener.Protocols = HttpProtocols.Http1AndHttp2;
                listener.UseHttps(certificate);
                _tls = listener;
            });
        }

        Listen("Server:Http", server.Http ?? (Certificate is null ? ServerOptions.DefaultHttp : null),
            HttpProtocols.Http1, listener => _http = listener);
        Listen("Server:Grpc", server.Grpc ?? (Certificate is null ? ServerOptions.DefaultGrpc : null),
            HttpProtocols.Http2, listener => _grpc = listener);

        void Listen(string key, string? address, HttpProtocols protocols, Action<ListenOptions> keep)
        {
            if (address is not null)
            {
                kestrel.Listen(Endpoint.Parse(key, address), listener =>
                {
                    listener.Protocols = protocols;
                    keep(listener);
                });
            }
        }
    }

    private static Uri? UriOf(ListenOptions? listener, string scheme)
    {
        if (listener?.IPEndPoint is not { } endpoint)
        {
            return null;
        }

        var host = endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any)
            ? "127.0.0.1"
            : endpoint.Address.ToString();
        return new UriBuilder(scheme, host, endpoint.Port).Uri;
    }
}
