using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Microsoft.Extensions.Logging;
using Telemetry.Client.Send;

namespace Telemetry.Client;

/// <summary>A connection to a Telemetry server, shared by the clients that talk over it.</summary>
public sealed class TelemetryChannel : IDisposable
{
    private readonly GrpcChannel _channel;

    private TelemetryChannel(GrpcChannel channel, Uri address, CallInvoker invoker)
    {
        _channel = channel;
        Address = address;
        Invoker = invoker;
    }

    /// <summary>Where the server is.</summary>
    public Uri Address { get; }

    internal CallInvoker Invoker { get; }

    /// <summary>Prepares a connection; it is made with the first call.</summary>
    /// <param name="address">
    /// "http://host:8081" for native gRPC without TLS, "https://host:8443" with TLS; without path and credentials.
    /// </param>
    /// <param name="transport">With <see cref="TelemetryTransport.GrpcWeb"/> the address is the HTTP port's.</param>
    /// <param name="handler">Makes the connection, e.g. through a proxy; disposed with the channel. Null: one of the channel's own.</param>
    /// <param name="loggerFactory">Where the gRPC library logs to; null: nowhere.</param>
    /// <exception cref="ArgumentException">The address is none.</exception>
    public static TelemetryChannel For(
        Uri address, TelemetryTransport transport = TelemetryTransport.Grpc, HttpMessageHandler? handler = null,
        ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (ProblemOf(address) is { } problem)
        {
            throw new ArgumentException($"The server's address {problem}.", nameof(address));
        }

        var options = new GrpcChannelOptions
        {
            HttpHandler = new DirectHandler(handler ?? new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(10),
                KeepAlivePingDelay = TimeSpan.FromSeconds(30),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            }),
            DisposeHttpClient = true,
            LoggerFactory = loggerFactory,
        };
        if (transport == TelemetryTransport.GrpcWeb)
        {
            options.HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, new BoundedTrailersHandler(options.HttpHandler));
            options.HttpVersion = System.Net.HttpVersion.Version11;
        }

        var channel = GrpcChannel.ForAddress(address, options);
        return new TelemetryChannel(channel, address, channel.CreateCallInvoker());
    }

    /// <summary>The same connection, with something in its way; either's disposal ends both.</summary>
    internal TelemetryChannel Through(Interceptor interceptor) => new(_channel, Address, Invoker.Intercept(interceptor));

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    /// <summary>What is wrong with a server's address; null: nothing. Credentials in it would end up in logs and on pages.</summary>
    internal static string? ProblemOf(Uri? address) => address switch
    {
        not { IsAbsoluteUri: true, Scheme: "http" or "https" } => "must be an absolute http or https address",
        { UserInfo.Length: > 0 } => "must not hold credentials: a server takes reports from everyone",
        { PathAndQuery: not "/" } or { Fragment.Length: > 0 } =>
            "must end after host and port: the paths below it are those of the contract",
        _ => null,
    };
}
