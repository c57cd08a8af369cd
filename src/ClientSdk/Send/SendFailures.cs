using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace Telemetry.Client.Send;

/// <summary>Turns what went wrong with a call into a result that an administrator can act on.</summary>
internal static class SendFailures
{
    /// <summary>As the server writes it, see docs/protocol.md.</summary>
    private const string ReportedRecently = "REPORTED_RECENTLY";

    /// <summary>RFC 9113, section 7: what servers that know HTTP/2, but not here, answer.</summary>
    private const long Http11Required = 0xd;

    /// <summary>RFC 9113, section 7: what .NET makes of an answer that is not HTTP/2 at all.</summary>
    private const long ProtocolError = 0x1;

    private const string MayBeStored = " The report may have arrived all the same; the same one is sent again within the hour, "
        + "or a new one as scheduled.";

    /// <param name="server">Where it went.</param>
    /// <param name="timeout">How long it was waited for.</param>
    /// <param name="left">Whether the report was handed to the connection.</param>
    public static SendResult TimedOut(Uri server, TimeSpan timeout, bool left)
    {
        var silent = Silent(server, timeout);
        return left
            ? new SendResult.MayHaveArrived(silent.Message + MayBeStored)
            : new SendResult.Unreachable(silent.Message + " The next report is tried as scheduled.", UnreachableCause.Timeout);
    }

    /// <summary>For what is no report.</summary>
    public static SendResult.Unreachable Silent(Uri server, TimeSpan timeout) => new(
        $"{Where(server)} did not answer within {timeout.TotalSeconds:0.#} seconds. Check that a firewall lets this machine "
        + "connect there.", UnreachableCause.Timeout);

    public static SendResult Withdrawn(ConsentDecision consent) => new SendResult.MayHaveArrived(
        "Reports were switched off while the server's answer was on its way, so this report may have arrived. "
        + consent.Explanation);

    public static SendResult NoReceipt(Uri server) => new SendResult.ServerFailed(
        $"{Where(server)} took the report without giving a receipt for it. Tell the vendor.");

    /// <summary>What no server of ours can cause.</summary>
    public static SendResult.Unreachable Unforeseen(Uri server, Exception e) => new(
        $"{Where(server)} answered in a way that cannot be read ({e.GetType().Name}). Check the address and the port, and "
        + "whether a proxy answers in its place.", UnreachableCause.NotTelemetry);

    /// <param name="e">What went wrong.</param>
    /// <param name="server">Where.</param>
    /// <param name="now">The time.</param>
    /// <param name="left">Whether the report was handed to the connection.</param>
    public static SendResult Explain(RpcException e, Uri server, DateTimeOffset now, bool left)
    {
        var words = ServerWords.Of(e);
        var message = ServerWords.Text(e.Status.Detail) is { Length: > 0 } said
            ? said
            : $"{Where(server)} refused the report ({e.StatusCode}) and gave no reason in words.";
        if (words.RetryAfter is { } retry)
        {
            return words.Reason == ReportedRecently
                ? new SendResult.TooSoon(message, now + retry)
                : new SendResult.Busy(message, now + retry);
        }

        return words.Reason switch
        {
            // A server of ours always gives a reason; without one, it was the connection or somebody else's answer.
            null => NoAnswer(e, server, left),
            _ when e.StatusCode == StatusCode.InvalidArgument => new SendResult.Rejected(message, words.Violations),
            _ => new SendResult.ServerFailed(message),
        };
    }

    /// <summary>What gave no reason was no server of ours, or none was reached.</summary>
    public static SendResult.Unreachable Unreached(RpcException e, Uri server)
    {
        var cause = CauseOf(e, server);
        return new SendResult.Unreachable(Words(e, server, cause), cause);
    }

    private static SendResult NoAnswer(RpcException e, Uri server, bool left)
    {
        var unreached = Unreached(e, server);
        return left && unreached.Cause is (UnreachableCause.Connection or UnreachableCause.Timeout)
            ? new SendResult.MayHaveArrived(unreached.Message + MayBeStored)
            : unreached;
    }

    private static string Words(RpcException e, Uri server, UnreachableCause cause) => cause switch
    {
        UnreachableCause.Dns =>
            $"The name {server.Host} is not known. Check the server's address, and that this machine can look up names.",
        UnreachableCause.Refused =>
            $"Nothing listens at {Where(server)}: the connection was refused. Check the address and the port, and "
            + "that the server runs.",
        UnreachableCause.Tls =>
            $"No trustworthy TLS connection to {Where(server)}: {Innermost(e.Status.DebugException!)} Check that this port "
            + "speaks TLS, the server's certificate, and that this machine trusts who issued it.",
        UnreachableCause.Timeout =>
            $"{Where(server)} did not take the connection in time. Check that a firewall lets this machine connect there.",
        UnreachableCause.Http11Only =>
            $"{Where(server)}, or a proxy on the way, speaks only HTTP/1.1, which native gRPC does not go through. "
            + "Use the address of the server's gRPC port, or set the transport to gRPC-Web, with the address of its HTTP port.",
        UnreachableCause.NotTelemetry =>
            $"{Where(server)} answered, but not as a Telemetry server ({ServerWords.Text(e.Status.Detail, 300).TrimEnd('.')}). "
            + "Check the address and the port, and whether a proxy answers in its place.",
        _ =>
            $"The connection to {Where(server)} failed: {Innermost(e.Status.DebugException!)} "
            + "Check the address: https for a port with TLS, http for one without. A proxy that knows only HTTP/1.1 may do "
            + "that too; gRPC-Web goes through it.",
    };

    private static UnreachableCause CauseOf(RpcException e, Uri server)
    {
        for (var cause = e.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }:
                    return UnreachableCause.Dns;
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return UnreachableCause.Refused;
                case AuthenticationException:
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }:
                    return UnreachableCause.Tls;
                case HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError }:
                case HttpProtocolException { ErrorCode: Http11Required }:
                // With TLS both sides agreed on HTTP/2 before; without it, this is how HTTP/1.1 looks.
                case HttpProtocolException { ErrorCode: ProtocolError } when server.Scheme == Uri.UriSchemeHttp:
                    return UnreachableCause.Http11Only;
                case TimeoutException:
                case SocketException { SocketErrorCode: SocketError.TimedOut }:
                    return UnreachableCause.Timeout;
            }
        }

        return e.Status.DebugException is null ? UnreachableCause.NotTelemetry : UnreachableCause.Connection;
    }

    private static string Where(Uri server) => server.GetLeftPart(UriPartial.Authority);

    /// <summary>The innermost exception names the cause.</summary>
    private static string Innermost(Exception e)
    {
        // That a closed connection was used is no cause.
        while (e.InnerException is { } inner and not ObjectDisposedException)
        {
            e = inner;
        }

        return ServerWords.Text(e.Message);
    }
}
