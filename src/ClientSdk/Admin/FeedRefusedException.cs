using Grpc.Core;

namespace Telemetry.Client.Admin;

/// <summary>The server will not serve this feed; trying again cannot help. The message is the server's.</summary>
public sealed class FeedRefusedException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">The server's words.</param>
    /// <param name="status">The gRPC status.</param>
    /// <param name="reason">The stable reason code, e.g. "POSITION_UNKNOWN"; empty when the server gave none.</param>
    /// <param name="inner">The call's exception.</param>
    public FeedRefusedException(string message, StatusCode status, string reason, Exception inner)
        : base(message, inner)
    {
        Status = status;
        Reason = reason;
    }

    /// <summary>The gRPC status.</summary>
    public StatusCode Status { get; }

    /// <summary>The stable reason code, e.g. "POSITION_UNKNOWN"; empty when the server gave none.</summary>
    public string Reason { get; }
}
