using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Client;
using Telemetry.Client.Schedule;

namespace Telemetry.ClientSdk.Tests.Send;

/// <summary>A server that answers anything: neither the host nor the schedule may suffer by it.</summary>
public sealed class MalformedAnswerTests
{
    [Theory]
    [InlineData(HttpProtocols.Http2, TelemetryTransport.Grpc)]
    [InlineData(HttpProtocols.Http1, TelemetryTransport.GrpcWeb)]
    public async Task Of_3000_malformed_answers_each_is_a_bounded_result(HttpProtocols protocols, TelemetryTransport transport)
    {
        var answers = new MalformedAnswers(seed: 17);
        await using var server = await FakeServer.StartAsync(protocols, answers.AnswerAsync);
        using var channel = TelemetryChannel.For(server.Address, transport);
        // Each is finished, so none may need the timeout: this clock stands still.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var client = new ReportingClient(channel, time);
        var kinds = new HashSet<SendResultKind>();

        for (var i = 0; i < 3_000; i++)
        {
            var result = await Patience.For(client.SendAsync(SampleReports.Of()), $"attempt {i} ends");
            kinds.Add(result.Kind);
            Expect(result, time.GetUtcNow());
        }

        Assert.DoesNotContain(SendResultKind.Sent, kinds);
        Assert.True(kinds.Count > 3, string.Join(", ", kinds));
    }

    [Fact]
    public async Task An_app_that_is_answered_so_throws_nothing_logs_no_error_and_stays_within_its_week()
    {
        var answers = new MalformedAnswers(seed: 18);
        await using var server = await FakeServer.StartAsync(HttpProtocols.Http2, answers.AnswerAsync);
        using var installation = new TestInstallation(server.Address);
        await using var client = installation.Client();
        for (var i = 0; i < 200; i++)
        {
            var result = await Patience.For(client.SendNowAsync(), $"attempt {i} ends");

            Assert.NotEqual(SendResultKind.NotPrepared, result.Kind);
            Expect(result, installation.Time.GetUtcNow());
            Assert.True(client.GetStatus().NextAttemptAt <= installation.Time.GetUtcNow() + ReportSchedule.LongestPause + ReportSchedule.Period);
        }

        Assert.DoesNotContain(installation.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task The_schedule_outlives_10_days_of_malformed_answers_and_sends_the_first_report_that_is_taken()
    {
        var answers = new MalformedAnswers(seed: 4);
        await using var good = await TestServer.StartAsync();
        var bad = true;
        await using var server = await FakeServer.StartAsync(HttpProtocols.Http2, context =>
            bad ? answers.AnswerAsync(context) : FakeServer.ForwardAsync(context, new Uri("http://" + good.Native.Target)));
        using var installation = new TestInstallation(server.Address);
        await using var client = installation.Client();
        var results = 0;
        client.Reported += (_, _) => results++;
        client.Start();
        await installation.Steps.AsleepAsync();

        await StepForAsync(installation, TimeSpan.FromDays(10));
        Assert.InRange(results, 10 / 9, 11);
        bad = false;
        await StepForAsync(installation, ReportSchedule.LongestPause + TimeSpan.FromDays(1));

        Assert.Contains(client.GetHistory(), entry => entry.Outcome == SendResultKind.Sent);
    }

    [Fact]
    public async Task Bytes_that_are_no_HTTP_at_all_are_a_result()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var installation = new TestInstallation(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
        await using var client = installation.Client();
        using var enough = new CancellationTokenSource();
        var talking = TalkNoiseAsync(listener, new Random(5), enough.Token);
        for (var i = 0; i < 50; i++)
        {
            // What is half said is waited for, and given up.
            var result = await Patience.For(
                client.SendNowAsync(), () => installation.Time.Advance(TimeSpan.FromSeconds(1)), $"attempt {i} ends");
            Expect(result, installation.Time.GetUtcNow());
        }

        await enough.CancelAsync();
        await Patience.For(talking, "the listener stops");
    }

    /// <summary>Frames of random kinds with random content, on every connection.</summary>
    private static async Task TalkNoiseAsync(TcpListener listener, Random random, CancellationToken enough)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync(enough);
                var noise = new byte[random.Next(1, 300)];
                random.NextBytes(noise);
                byte[] head = [0, 0, (byte)random.Next(40), (byte)random.Next(12), (byte)random.Next(256), 0, 0, 0, (byte)random.Next(3)];
                byte[] answer = [0, 0, 0, 4, 0, 0, 0, 0, 0, .. head, .. noise];
                await connection.Client.SendAsync(answer, enough).AsTask()
                    .ContinueWith(_ => { }, enough, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }

    private static void Expect(SendResult result, DateTimeOffset now)
    {
        Assert.InRange(result.Message.Length, 1, 2_000);
        Assert.DoesNotContain(result.Message, char.IsControl);
        switch (result)
        {
            case SendResult.TooSoon soon:
                Assert.InRange(soon.WelcomeAt, now.AddMinutes(-1), now + ReportSchedule.LongestPause);
                break;
            case SendResult.Busy busy:
                Assert.InRange(busy.WelcomeAt, now.AddMinutes(-1), now + ReportSchedule.LongestPause);
                break;
            case SendResult.Rejected rejected:
                Assert.InRange(rejected.Violations.Count, 0, 100);
                Assert.All(rejected.Violations, violation => Assert.InRange(violation.Field.Length, 0, 201));
                break;
        }
    }

    private static async Task StepForAsync(TestInstallation installation, TimeSpan span)
    {
        for (var end = installation.Time.GetUtcNow() + span; installation.Time.GetUtcNow() < end;)
        {
            await installation.Steps.StepAsync();
        }

        await installation.Steps.AsleepAsync();
    }
}
