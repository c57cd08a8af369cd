using System.Security.Cryptography.X509Certificates;

namespace Telemetry.Server.Demo;

/// <summary>Where the server itself can be reached.</summary>
internal interface IOwnAddress
{
    /// <summary>Takes native gRPC; http for cleartext, https for TLS. Known once the server has started.</summary>
    Uri NativeGrpc { get; }

    /// <summary>The certificate it shows there; null without TLS.</summary>
    X509Certificate2? Certificate { get; }
}
