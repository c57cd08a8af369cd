namespace Telemetry.Client;

/// <summary>How a client talks to the server.</summary>
public enum TelemetryTransport
{
    /// <summary>Native gRPC over HTTP/2: the server's gRPC port, or its TLS port.</summary>
    Grpc = 0,

    /// <summary>gRPC-Web over HTTP/1.1, for proxies that know nothing newer: the server's HTTP port, or its TLS port.</summary>
    GrpcWeb = 1,
}
