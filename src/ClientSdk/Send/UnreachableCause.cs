namespace Telemetry.Client;

/// <summary>Why no answer came.</summary>
public enum UnreachableCause
{
    /// <summary>The connection failed in another way, e.g. it was cut off.</summary>
    Connection = 0,

    /// <summary>The server's name is not known to the name service.</summary>
    Dns = 1,

    /// <summary>Nothing listens at the address.</summary>
    Refused = 2,

    /// <summary>No trustworthy TLS connection: certificate, name or protocol.</summary>
    Tls = 3,

    /// <summary>No answer within the time.</summary>
    Timeout = 4,

    /// <summary>Something on the way speaks nothing newer than HTTP/1.1, which native gRPC does not go through.</summary>
    Http11Only = 5,

    /// <summary>Something answered that is no Telemetry server.</summary>
    NotTelemetry = 6,
}
