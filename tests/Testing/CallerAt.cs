using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Testing;

/// <summary>Clients at an address of their own: every address of 127/8 is this machine, and so is every host they call.</summary>
internal sealed class CallerAt : IDisposable
{
    /// <param name="address">Where they call from.</param>
    /// <param name="grpc">Where native gRPC is spoken.</param>
    /// <param name="http">Where everything else is.</param>
    /// <param name="certificate">The one that is trusted, with TLS.</param>
    public CallerAt(string address, Uri grpc, Uri http, X509Certificate2? certificate = null)
    {
        Native = GrpcChannel.ForAddress(
            grpc, new GrpcChannelOptions { HttpHandler = Handler(address, certificate), DisposeHttpClient = true });
        Web = GrpcChannel.ForAddress(http, new GrpcChannelOptions
        {
            HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, Handler(address, certificate)),
            HttpVersion = HttpVersion.Version11,
            DisposeHttpClient = true,
        });
        Http = new HttpClient(Handler(address, certificate)) { BaseAddress = http };
    }

    public CallerAt(TestServer server, string address = "127.0.0.1")
        : this(address, server.Http2, server.Http)
    {
    }

    public GrpcChannel Native { get; }

    public GrpcChannel Web { get; }

    public HttpClient Http { get; }

    public Wire.ReportingService.ReportingServiceClient Reporting => new(Native);

    public Wire.ReportingService.ReportingServiceClient WebReporting => new(Web);

    public Task<HttpResponseMessage> PostAsync(string url, string? forwardedFor = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/telemetry/roomvox")
        {
            Content = new StringContent(
                $$"""{"instanceHash":"{{SampleReports.HashOf(url)}}","version":"1.4.0"}""", null, "application/json"),
        };
        if (forwardedFor is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        }

        return Http.SendAsync(request);
    }

    public void Dispose()
    {
        Native.Dispose();
        Web.Dispose();
        Http.Dispose();
    }

    private static SocketsHttpHandler Handler(string address, X509Certificate2? certificate) => new()
    {
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate?.GetCertHashString(),
        },
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
