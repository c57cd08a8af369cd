using System.Net.Sockets;
using System.Security.Authentication;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Contracts.V1;

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

    public static SendResult TimedOut(Uri server, TimeSpan timeout) => new SendResult.Unreachable(
        $"{Where(server)} did not answer within {timeout.TotalSeconds:0.#} seconds. Check that a firewall lets this "
        + "machine connect there; the next report is tried as scheduled.", UnreachableCause.Timeout);

    public static SendResult NoReceipt(Uri server) => new SendResult.ServerFailed(
        $"{Where(server)} took the report without giving a receipt. Tell the vendor.");

    public static SendResult Explain(RpcException e, Uri server, DateTimeOffset now)
    {
        var details = e.GetRpcStatus();
        var reason = details?.GetDetail<ErrorInfo>()?.Reason;
        if (details?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan() is { } retry)
        {
            return reason == ReportedRecently
                ? new SendResult.TooSoon(e.Status.Detail, now + retry)
                : new SendResult.Busy(e.Status.Detail, now + retry);
        }

        if (e.StatusCode == StatusCode.InvalidArgument)
        {
            return new SendResult.Rejected(e.Status.Detail, ViolationsOf(details));
        }

        // A server of ours always gives a reason; without one, it was the connection or somebody else's answer.
        return reason is null
            ? Unreachable(e, server)
            : new SendResult.ServerFailed(e.Status.Detail);
    }

    private static SendResult.Unreachable Unreachable(RpcException e, Uri server)
    {
        var cause = CauseOf(e, server);
        return new SendResult.Unreachable(cause switch
        {
            UnreachableCause.Dns =>
                $"The name {server.Host} is not known. Check the server's address, and that this machine can look up names.",
            UnreachableCause.Refused =>
                $"Nothing listens at {Where(server)}: the connection was refused. Check the address and the port, and "
                + "that the server runs.",
            UnreachableCause.Tls =>
                $"No trustworthy TLS connection to {Where(server)}: {Innermost(e.Status.DebugException)} Check that this port "
                + "speaks TLS, the server's certificate, and that this machine trusts who issued it.",
            UnreachableCause.Timeout =>
                $"{Where(server)} did not take the connection in time. Check that a firewall lets this machine connect there.",
            UnreachableCause.Http11Only =>
                $"{Where(server)}, or a proxy on the way, speaks only HTTP/1.1, which native gRPC does not go through. "
                + "Use the address of the server's gRPC port, or set the transport to gRPC-Web, with the address of its HTTP port.",
            UnreachableCause.NotTelemetry =>
                $"{Where(server)} answered, but not as a Telemetry server ({e.Status.Detail.TrimEnd('.')}). Check the "
                + "address and the port, and whether a proxy answers in its place.",
            _ =>
                $"The connection to {Where(server)} failed: {Innermost(e.Status.DebugException) ?? e.Status.Detail} "
                + "Check the address: https for a port with TLS, http for one without. A proxy that knows only HTTP/1.1 may do "
                + "that too; gRPC-Web goes through it.",
        }, cause);
    }

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


    private static FieldViolation[] ViolationsOf(Google.Rpc.Status? details) =>
        details?.GetDetail<BadRequest>()?.FieldViolations
            .Select(violation => new FieldViolation { Field = violation.Field, Description = violation.Description })
            .ToArray() ?? [];

    private static string Where(Uri server) => server.GetLeftPart(UriPartial.Authority);

    /// <summary>The innermost exception names the cause.</summary>
    private static string? Innermost(Exception? e)
    {
        // That a closed connection was used is no cause.
        while (e?.InnerException is { } inner and not ObjectDisposedException)
        {
            e = inner;
        }

        return e?.Message;
    }
}
