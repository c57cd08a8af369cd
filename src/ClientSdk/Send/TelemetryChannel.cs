using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;

namespace Telemetry.Client;

/// <summary>A connection to a Telemetry server, shared by the clients that talk over it.</summary>
public sealed class TelemetryChannel : IDisposable
{
    private readonly GrpcChannel _channel;

    private TelemetryChannel(GrpcChannel channel, Uri address)
    {
        _channel = channel;
        Address = address;
    }

    /// <summary>Where the server is.</summary>
    public Uri Address { get; }

    internal CallInvoker Invoker => _channel.CreateCallInvoker();

    /// <summary>Prepares a connection; it is made with the first call.</summary>
    /// <param name="address">"http://host:8081" for native gRPC without TLS, "https://host:8443" with TLS.</param>
    /// <param name="transport">With <see cref="TelemetryTransport.GrpcWeb"/> the address is the HTTP port's.</param>
    public static TelemetryChannel For(Uri address, TelemetryTransport transport = TelemetryTransport.Grpc)
    {
        ArgumentNullException.ThrowIfNull(address);
        var options = new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(10),
                KeepAlivePingDelay = TimeSpan.FromSeconds(30),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            },
            DisposeHttpClient = true,
        };
        if (transport == TelemetryTransport.GrpcWeb)
        {
            options.HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, options.HttpHandler);
            options.HttpVersion = System.Net.HttpVersion.Version11;
        }

        return new TelemetryChannel(GrpcChannel.ForAddress(address, options), address);
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
