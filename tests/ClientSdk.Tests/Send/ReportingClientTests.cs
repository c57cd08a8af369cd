using System.Net;
using System.Net.Sockets;
using Telemetry.Client;

namespace Telemetry.ClientSdk.Tests.Send;

public sealed class ReportingClientTests
{
    [Theory]
    [InlineData(TelemetryTransport.Grpc)]
    [InlineData(TelemetryTransport.GrpcWeb)]
    public async Task A_report_is_sent_gets_an_id_and_can_be_repeated_without_being_counted_twice(
        TelemetryTransport transport)
    {
        await using var server = await TestServer.StartAsync();
        using var channel = TelemetryChannel.For(
            transport == TelemetryTransport.GrpcWeb ? server.Http : new Uri("http://" + server.Native.Target), transport);
        var client = new ReportingClient(channel);
        var report = SampleReports.Of();
        report.ReportId = "";

        var first = Assert.IsType<SendResult.Sent>(await client.SendAsync(report));
        server.Time.Advance(TimeSpan.FromMinutes(3));
        var second = Assert.IsType<SendResult.Sent>(await client.SendAsync(report));

        Assert.Equal(first.Receipt, second.Receipt);
        Assert.Equal(1, server.Store.Current.Number);
    }

    [Fact]
    public async Task Refusals_are_told_apart_with_the_servers_words()
    {
        await using var server = await TestServer.StartAsync();
        using var channel = TelemetryChannel.For(new Uri("http://" + server.Native.Target));
        var client = new ReportingClient(channel, server.Time);
        await client.SendAsync(SampleReports.Of());

        var later = Assert.IsType<SendResult.TooSoon>(await client.SendAsync(SampleReports.Of()));
        var invalid = SampleReports.Of("https://other.example");
        invalid.Users.Total = 200_000_000;
        var rejected = Assert.IsType<SendResult.Rejected>(await client.SendAsync(invalid));

        Assert.Equal(server.Time.GetUtcNow() + TimeSpan.FromHours(1), later.WelcomeAt);
        Assert.Contains("already reported", later.Message, StringComparison.Ordinal);
        Assert.Equal("users.total", rejected.Violations.Single().Field);
    }

    [Fact]
    public async Task A_refused_connection_is_a_result_not_an_exception()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        using var channel = TelemetryChannel.For(new Uri($"http://127.0.0.1:{port}"));

        var result = Assert.IsType<SendResult.Unreachable>(await new ReportingClient(channel).SendAsync(SampleReports.Of()));

        Assert.Equal(UnreachableCause.Refused, result.Cause);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_after_the_timeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var channel = TelemetryChannel.For(new Uri($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"));
        var client = new ReportingClient(channel) { Timeout = TimeSpan.FromMilliseconds(300) };

        var result = await client.SendAsync(SampleReports.Of());

        Assert.Contains(result.Kind, (SendResultKind[])[SendResultKind.Unreachable, SendResultKind.MayHaveArrived]);
        Assert.Contains("within 0.3 seconds", result.Message, StringComparison.Ordinal);
    }
}
