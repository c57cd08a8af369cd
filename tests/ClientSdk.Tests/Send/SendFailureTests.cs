using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Tests.Send;

/// <summary>Each way to fail, made to happen, with its result and the sentence for the administrator.</summary>
public sealed class SendFailureTests
{
    [Fact]
    public async Task A_name_that_nobody_knows()
    {
        var result = await SendToAsync(new Uri("http://no-such-server.invalid:8081"));

        Expect(UnreachableCause.Dns, result, "no-such-server.invalid is not known", "Check the server's address");
    }

    [Fact]
    public async Task A_port_at_which_nothing_listens()
    {
        using var taken = Listener();
        var address = AddressOf(taken);
        taken.Stop();

        var result = await SendToAsync(address);

        Expect(UnreachableCause.Refused, result, $"Nothing listens at {address.GetLeftPart(UriPartial.Authority)}", "Check the address");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for()
    {
        await using var server = await FakeServer.StartAsync(HttpProtocols.Http1AndHttp2, _ => Task.CompletedTask, tls: true);

        var result = await SendToAsync(server.Address);

        Expect(UnreachableCause.Tls, result, "No trustworthy TLS connection", "certificate");
    }

    [Fact]
    public async Task TLS_to_a_server_that_has_none()
    {
        await using var server = await TestServer.StartAsync();

        var result = await SendToAsync(new Uri("https://" + server.Native.Target));

        Expect(UnreachableCause.Tls, result, "No trustworthy TLS connection");
    }

    [Fact]
    public async Task A_handler_that_hears_of_no_end_is_given_up_all_the_same()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        installation.Options.HttpHandlerFactory = () => new DeafHandler();
        await using var client = installation.Client();

        var result = await Patience.For(
            client.SendNowAsync(), () => installation.Time.Advance(TimeSpan.FromSeconds(1)), "the send is given up");

        Assert.Contains("did not answer within 15 seconds", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Web_trailers_that_claim_to_be_2_GB_long_are_refused_unread()
    {
        await using var server = await FakeServer.StartAsync(HttpProtocols.Http1, async context =>
        {
            context.Response.ContentType = "application/grpc-web";
            await context.Response.Body.WriteAsync((byte[])[0x80, 0x7f, 0xff, 0xff, 0x00, (byte)'a']);
        });
        using var installation = new TestInstallation(server.Address);
        installation.Options.Transport = TelemetryTransport.GrpcWeb;
        await using var client = installation.Client();

        var result = await Patience.For(client.SendNowAsync(), "the send ends");

        Assert.Contains("trailers are longer than 65536 bytes", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_within_15_seconds()
    {
        using var silent = Listener();
        using var installation = new TestInstallation(AddressOf(silent));
        await using var client = installation.Client();
        var sending = client.SendNowAsync();
        using var connection = await RawServer.ReceiveReportAsync(silent);

        installation.Time.Advance(TimeSpan.FromSeconds(15) - TimeSpan.FromTicks(1));
        Assert.False(sending.IsCompleted);
        installation.Time.Advance(TimeSpan.FromTicks(1));

        ExpectMayHaveArrived(
            await Patience.For(sending, "the send is given up"), "did not answer within 15 seconds", "firewall");
    }

    [Fact]
    public async Task An_installation_that_reported_a_short_while_ago()
    {
        await using var server = await TestServer.StartAsync();
        using var installation = new TestInstallation(AddressOf(server), server.Time);
        await using var client = installation.Client();
        Assert.IsType<SendResult.Sent>(await Patience.For(client.SendNowAsync(), "the send ends"));

        var result = Assert.IsType<SendResult.TooSoon>(await Patience.For(client.SendNowAsync(), "the send ends"));

        Assert.Equal(server.Time.GetUtcNow().AddHours(1), result.WelcomeAt);
        Assert.Contains("already reported", result.Message, StringComparison.Ordinal);
        Assert.NotEqual(default, client.GetStatus().LastSuccessAt);
    }

    [Fact]
    public async Task A_field_that_breaks_a_rule()
    {
        await using var server = await TestServer.StartAsync();
        using var installation = new TestInstallation(AddressOf(server), server.Time);
        installation.Collector = _ => ValueTask.FromResult(new UsageSnapshot<Usage> { Users = new Users { Total = 200_000_000 } });
        await using var client = installation.Client();

        var result = Assert.IsType<SendResult.Rejected>(await Patience.For(client.SendNowAsync(), "the send ends"));

        Assert.Equal("users.total", Assert.Single(result.Violations).Field);
    }

    [Fact]
    public async Task A_value_that_the_server_does_not_know_is_named_and_the_rest_is_stored()
    {
        await using var server = await TestServer.StartAsync();
        using var installation = new TestInstallation(AddressOf(server), server.Time);
        installation.Options.Host.Timezone = "Middle/Earth";
        await using var client = installation.Client();

        var result = Assert.IsType<SendResult.Sent>(await Patience.For(client.SendNowAsync(), "the send ends"));

        Assert.Equal(["environment.timezone"], result.Receipt.DroppedFields);
        Assert.Contains("does not know the value of environment.timezone", client.GetStatus().LastMessage, StringComparison.Ordinal);
        Assert.Equal(result.Receipt, Assert.Single(client.GetHistory()).Receipt);
    }

    [Fact]
    public async Task A_server_whose_store_cannot_commit()
    {
        await using var server = await TestServer.StartAsync();
        server.ExpectsErrors = true;
        server.HeldStore.Broken = "The disk is full.";
        using var installation = new TestInstallation(AddressOf(server), server.Time);
        await using var client = installation.Client();

        var result = Assert.IsType<SendResult.Busy>(await Patience.For(client.SendNowAsync(), "the send ends"));

        Assert.True(result.WelcomeAt > server.Time.GetUtcNow());
        Assert.NotEmpty(result.Message);
    }

    [Fact]
    public async Task A_server_that_fails()
    {
        await using var server = await TestServer.StartAsync();
        server.ExpectsErrors = true;
        server.HeldStore.Defect = new InvalidOperationException("nobody foresaw this");
        using var installation = new TestInstallation(AddressOf(server), server.Time);
        await using var client = installation.Client();

        var result = Assert.IsType<SendResult.ServerFailed>(await Patience.For(client.SendNowAsync(), "the send ends"));

        Assert.Contains("incident", result.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("foresaw", result.Message, StringComparison.Ordinal);
        server.HeldStore.Defect = null;
        Assert.IsType<SendResult.Sent>(await Patience.For(client.SendNowAsync(), "the send ends"));
    }

    [Fact]
    public async Task A_proxy_that_speaks_only_HTTP_1_and_the_way_through_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var proxy = await FakeServer.StartProxyAsync(server.Http);
        // What Kestrel answers there (GOAWAY, HTTP_1_1_REQUIRED). It closes at once, and a reset can overtake the answer.
        using var slowToClose = Listener();
        using var enough = new CancellationTokenSource();
        var answering = AnswerAsync(slowToClose, [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xd], enough.Token);

        var native = await SendToAsync(AddressOf(slowToClose));
        var web = await SendToAsync(proxy.Address, TelemetryTransport.GrpcWeb);

        await enough.CancelAsync();
        await Patience.For(answering, "the proxy stops");
        Expect(UnreachableCause.Http11Only, native, "only HTTP/1.1", "set the transport to gRPC-Web");
        Assert.IsType<SendResult.Sent>(web);
    }

    [Fact]
    public async Task A_proxy_that_knows_nothing_of_HTTP_2_at_all()
    {
        using var proxy = Listener();
        using var enough = new CancellationTokenSource();
        var answering = AnswerAsync(proxy, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), enough.Token);

        var result = await SendToAsync(AddressOf(proxy));

        await enough.CancelAsync();
        await Patience.For(answering, "the proxy stops");
        Expect(UnreachableCause.Http11Only, result, "only HTTP/1.1", "set the transport to gRPC-Web");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(502)]
    public async Task Something_else_that_answers_in_the_servers_place(int status)
    {
        await using var other = await FakeServer.StartAsync(HttpProtocols.Http2, context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<p>It works!</p>");
        });

        var result = await SendToAsync(other.Address);

        Expect(UnreachableCause.NotTelemetry, result, "not as a Telemetry server", "Check the address");
    }

    [Fact]
    public async Task A_connection_that_is_cut()
    {
        using var rude = Listener();
        var sending = SendToAsync(AddressOf(rude));
        using (var connection = await RawServer.ReceiveReportAsync(rude))
        {
            // Nothing instead of an answer, and a reset instead of an end.
            connection.LingerState = new LingerOption(true, 0);
        }

        ExpectMayHaveArrived(await sending, "The connection to", "failed", "gRPC-Web goes through it");
    }

    private static async Task<SendResult> SendToAsync(Uri server, TelemetryTransport transport = TelemetryTransport.Grpc)
    {
        using var installation = new TestInstallation(server);
        installation.Options.Transport = transport;
        await using var client = installation.Client();
        var result = await Patience.For(client.SendNowAsync(), "the send ends");
        // Whatever happened is remembered in the same words.
        Assert.Equal(result.Message, client.GetStatus().LastMessage);
        Assert.Equal(result.Kind, Assert.Single(client.GetHistory()).Outcome);
        return result;
    }

    private static void Expect(UnreachableCause cause, SendResult result, params string[] words)
    {
        var unreachable = Assert.IsType<SendResult.Unreachable>(result);
        Assert.Equal((cause, unreachable.Message), (unreachable.Cause, unreachable.Message));
        Assert.All(words, word => Assert.Contains(word, unreachable.Message, StringComparison.Ordinal));
    }

    private static void ExpectMayHaveArrived(SendResult result, params string[] words)
    {
        Assert.IsType<SendResult.MayHaveArrived>(result);
        Assert.All([.. words, "may have arrived"], word => Assert.Contains(word, result.Message, StringComparison.Ordinal));
    }

    /// <summary>Gives each connection the answer, once the client has said something.</summary>
    private static async Task AnswerAsync(TcpListener listener, byte[] answer, CancellationToken enough)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync(enough);
                await AnswerAsync(connection.GetStream(), answer, enough);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }

    private static async Task AnswerAsync(NetworkStream stream, byte[] answer, CancellationToken enough)
    {
        try
        {
            // With the request the client has said all that begins a connection; before, its own closing could overtake the answer.
            await stream.ReadAtLeastAsync(new byte[1024], 200, throwOnEndOfStream: false, enough);
            await stream.WriteAsync(answer, enough);
            // The client ends it: an end from here could overtake what it is still sending.
            await stream.CopyToAsync(Stream.Null, enough);
        }
        catch (IOException)
        {
            // It may end it rudely.
        }
    }

    /// <summary>Of somebody else's making: answers nothing, and hears of no end.</summary>
    private sealed class DeafHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new TaskCompletionSource<HttpResponseMessage>().Task;
    }

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static Uri AddressOf(TestServer server) => new("http://" + server.Native.Target);

    private static Uri AddressOf(TcpListener listener) => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
}
