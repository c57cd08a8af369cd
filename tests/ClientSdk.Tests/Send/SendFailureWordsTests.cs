using System.Net.Sockets;
using System.Security.Authentication;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Client.Send;

namespace Telemetry.ClientSdk.Tests.Send;

/// <summary>What each error means and says, without a network.</summary>
public sealed class SendFailureWordsTests
{
    private const string MayHaveArrived =
        " The report may have arrived all the same; the same one is sent again within the hour, or a new one as scheduled.";

    private static readonly Uri Secure = new("https://telemetry.example:8443/path");
    private static readonly Uri Plain = new("http://telemetry.example:8081");
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<UnreachableCause, Exception> Causes { get; } = new()
    {
        { UnreachableCause.Dns, new SocketException((int)SocketError.HostNotFound) },
        { UnreachableCause.Dns, new SocketException((int)SocketError.NoData) },
        { UnreachableCause.Dns, new SocketException((int)SocketError.TryAgain) },
        { UnreachableCause.Dns, new HttpRequestException(HttpRequestError.NameResolutionError, "name") },
        { UnreachableCause.Refused, new SocketException((int)SocketError.ConnectionRefused) },
        { UnreachableCause.Tls, new AuthenticationException("certificate") },
        { UnreachableCause.Tls, new HttpRequestException(HttpRequestError.SecureConnectionError, "tls") },
        { UnreachableCause.Http11Only, new HttpRequestException(HttpRequestError.VersionNegotiationError, "version") },
        { UnreachableCause.Http11Only, new HttpProtocolException(0xd, "required", null) },
        { UnreachableCause.Timeout, new TimeoutException("late") },
        { UnreachableCause.Timeout, new SocketException((int)SocketError.TimedOut) },
        { UnreachableCause.Connection, new HttpProtocolException(0x2, "internal", null) },
        { UnreachableCause.Connection, new HttpRequestException(HttpRequestError.ConnectionError, "connection") },
        { UnreachableCause.Connection, new SocketException((int)SocketError.ConnectionReset) },
        { UnreachableCause.Connection, new IOException("broken") },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void The_cause_is_found_however_deep_it_lies(UnreachableCause cause, Exception exception)
    {
        Assert.Equal(cause, CauseOf(exception, Secure));
        Assert.Equal(cause, CauseOf(exception, Plain));
        Assert.Equal(cause, CauseOf(new HttpRequestException("outer", new IOException("middle", exception)), Secure));
    }

    [Fact]
    public void What_is_no_HTTP_2_at_all_is_HTTP_1_only_where_TLS_did_not_agree_on_it_before()
    {
        Assert.Equal(UnreachableCause.Http11Only, CauseOf(new HttpProtocolException(0x1, "protocol", null), Plain));
        Assert.Equal(UnreachableCause.Connection, CauseOf(new HttpProtocolException(0x1, "protocol", null), Secure));
    }

    [Fact]
    public void An_answer_without_an_exception_is_somebody_elses() =>
        Assert.Equal(UnreachableCause.NotTelemetry, CauseOf(null, Secure));

    [Fact]
    public void Each_cause_has_its_sentence_with_what_to_do()
    {
        Assert.Equal(
            "The name telemetry.example is not known. Check the server's address, and that this machine can look up names.",
            Words(new SocketException((int)SocketError.HostNotFound)));
        Assert.Equal(
            "Nothing listens at https://telemetry.example:8443: the connection was refused. Check the address and the port, and "
            + "that the server runs.",
            Words(new SocketException((int)SocketError.ConnectionRefused)));
        Assert.Equal(
            "No trustworthy TLS connection to https://telemetry.example:8443: The chain is broken. Check that this port "
            + "speaks TLS, the server's certificate, and that this machine trusts who issued it.",
            Words(new HttpRequestException("outer", new AuthenticationException("The chain is broken."))));
        Assert.Equal(
            "https://telemetry.example:8443 did not take the connection in time. Check that a firewall lets this machine connect there.",
            Words(new TimeoutException()));
        Assert.Equal(
            "https://telemetry.example:8443, or a proxy on the way, speaks only HTTP/1.1, which native gRPC does not go through. "
            + "Use the address of the server's gRPC port, or set the transport to gRPC-Web, with the address of its HTTP port.",
            Words(new HttpProtocolException(0xd, "required", null)));
        Assert.Equal(
            "https://telemetry.example:8443 answered, but not as a Telemetry server (Bad gRPC response). "
            + "Check the address and the port, and whether a proxy answers in its place.",
            Words(null, "Bad gRPC response."));
        Assert.Equal(
            "The connection to https://telemetry.example:8443 failed: It broke. "
            + "Check the address: https for a port with TLS, http for one without. A proxy that knows only HTTP/1.1 may do "
            + "that too; gRPC-Web goes through it.",
            Words(new HttpRequestException("outer", new IOException("It broke.", new ObjectDisposedException("socket")))));
    }

    [Fact]
    public void Once_the_report_was_handed_over_a_broken_connection_or_silence_leaves_open_whether_it_arrived()
    {
        var broken = Explain(new RpcException(Status(new IOException("It broke."))), left: true);
        Assert.IsType<SendResult.MayHaveArrived>(broken);
        Assert.EndsWith("gRPC-Web goes through it." + MayHaveArrived, broken.Message, StringComparison.Ordinal);
        Assert.IsType<SendResult.MayHaveArrived>(Explain(new RpcException(Status(new TimeoutException())), left: true));

        Assert.IsType<SendResult.Unreachable>(Explain(new RpcException(Status(new IOException("It broke."))), left: false));
        Assert.IsType<SendResult.Unreachable>(Explain(new RpcException(Status(new AuthenticationException())), left: true));
        Assert.IsType<SendResult.Unreachable>(Explain(new RpcException(Status(null)), left: true));
    }

    [Fact]
    public void Silence_is_told_with_how_long_it_lasted()
    {
        const string Silent = "https://telemetry.example:8443 did not answer within 2.5 seconds. Check that a firewall lets this machine "
            + "connect there.";
        var patience = TimeSpan.FromSeconds(2.5);

        Assert.Equal(Silent + MayHaveArrived, Assert.IsType<SendResult.MayHaveArrived>(SendFailures.TimedOut(Secure, patience, left: true)).Message);
        var before = Assert.IsType<SendResult.Unreachable>(SendFailures.TimedOut(Secure, patience, left: false));
        Assert.Equal(
            (Silent + " The next report is tried as scheduled.", UnreachableCause.Timeout), (before.Message, before.Cause));
        var silent = SendFailures.Silent(Secure, patience);
        Assert.Equal((Silent, UnreachableCause.Timeout), (silent.Message, silent.Cause));
    }

    [Fact]
    public void What_no_server_of_ours_does_is_told_with_whom_to_ask()
    {
        Assert.Equal(
            "https://telemetry.example:8443 took the report without giving a receipt for it. Tell the vendor.",
            Assert.IsType<SendResult.ServerFailed>(SendFailures.NoReceipt(Secure)).Message);
        var unforeseen = Assert.IsType<SendResult.Unreachable>(SendFailures.Unforeseen(Secure, new InvalidCastException()));
        Assert.Equal(
            ("https://telemetry.example:8443 answered in a way that cannot be read (InvalidCastException). Check the address and the port, "
            + "and whether a proxy answers in its place.", UnreachableCause.NotTelemetry),
            (unforeseen.Message, unforeseen.Cause));
        Assert.Equal(
            "Reports were switched off while the server's answer was on its way, so this report may have arrived. Off.",
            Assert.IsType<SendResult.MayHaveArrived>(SendFailures.Withdrawn(new ConsentDecision { Mode = ReportingMode.Off, Source = ConsentSource.Administrator, Explanation = "Off." })).Message);
    }

    [Fact]
    public void A_server_that_says_when_to_come_back_is_busy_or_was_told_already()
    {
        var wait = TimeSpan.FromMinutes(5);
        var tooSoon = Assert.IsType<SendResult.TooSoon>(Explain(Refusal(StatusCode.ResourceExhausted, "REPORTED_RECENTLY", "Later.", wait)));
        Assert.Equal(("Later.", Now + wait), (tooSoon.Message, tooSoon.WelcomeAt));

        var busy = Assert.IsType<SendResult.Busy>(Explain(Refusal(StatusCode.Unavailable, "OVERLOADED", "Later.", wait)));
        Assert.Equal(("Later.", Now + wait), (busy.Message, busy.WelcomeAt));
    }

    [Fact]
    public void A_refusal_with_a_reason_is_about_the_report_or_the_servers_own()
    {
        Assert.IsType<SendResult.Rejected>(Explain(Refusal(StatusCode.InvalidArgument, "REPORT_INVALID", "Wrong.")));
        var failed = Assert.IsType<SendResult.ServerFailed>(Explain(Refusal(StatusCode.Internal, "INTERNAL", "Incident 7.")));
        Assert.Equal("Incident 7.", failed.Message);
        Assert.Equal(
            "https://telemetry.example:8443 refused the report (Internal) and gave no reason in words.",
            Explain(Refusal(StatusCode.Internal, "INTERNAL", "")).Message);
    }

    private static UnreachableCause CauseOf(Exception? exception, Uri server) => Assert.IsType<SendResult.Unreachable>(
        SendFailures.Explain(new RpcException(Status(exception)), server, Now, left: false)).Cause;

    private static string Words(Exception? exception, string detail = "detail") =>
        Explain(new RpcException(Status(exception, detail))).Message;

    private static SendResult Explain(RpcException exception, bool left = false) =>
        SendFailures.Explain(exception, Secure, Now, left);

    private static Grpc.Core.Status Status(Exception? exception, string detail = "detail") =>
        new(StatusCode.Unavailable, detail, exception!);

    private static RpcException Refusal(StatusCode code, string reason, string message, TimeSpan? retryAfter = null)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.Add(Any.Pack(new ErrorInfo { Reason = reason }));
        if (retryAfter is { } wait)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(wait) }));
        }

        return status.ToRpcException();
    }
}
