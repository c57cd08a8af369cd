using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Testing;

/// <summary>Clients at an address of their own: every address of 127/8 is this machine.</summary>
internal sealed class CallerAt : IDisposable
{
    public CallerAt(TestServer server, string address = "127.0.0.1", Uri? http = null)
    {
        http ??= server.Http;
        Native = GrpcChannel.ForAddress(
            server.Grpc, new GrpcChannelOptions { HttpHandler = HandlerAt(address), DisposeHttpClient = true });
        Web = GrpcChannel.ForAddress(http, new GrpcChannelOptions
        {
            HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, HandlerAt(address)),
            HttpVersion = HttpVersion.Version11,
            DisposeHttpClient = true,
        });
        Http = new HttpClient(HandlerAt(address)) { BaseAddress = http };
    }

    public GrpcChannel Native { get; }

    public GrpcChannel Web { get; }

    public HttpClient Http { get; }

    public Wire.ReportingService.ReportingServiceClient Reporting => new(Native);

    public Wire.ReportingService.ReportingServiceClient WebReporting => new(Web);

    public static SocketsHttpHandler HandlerAt(string address) => new()
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

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
}
