using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Server.Storage;
using Telemetry.Testing;
using Telemetry.Testing.Sockets;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>The clock of the real process jumps, while it runs and between two starts.</summary>
public sealed class ClockJumpTests : IDisposable
{
    private const int Days = 20;
    private const int PerDay = 50;
    private const int Stored = Days * PerDay;

    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-jump-").FullName;
    private readonly SettableClock _clock = new();
    private readonly List<string> _acknowledged = [];
    private string _token = "";

    public void Dispose()
    {
        _clock.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task A_clock_that_jumps_a_year_ahead_and_back_loses_nothing_is_told_and_is_trusted_again_after_a_day()
    {
        await FillAsync();
        using (var server = await StartAsync())
        {
            Assert.Equal("ready\n", await HealthAsync(server));

            _clock.Jump(Year);
            await AssertDoubtedAsync(server, "The clock was moved by ");
            _clock.Jump(-2 * Year);
            await AssertDoubtedAsync(server, "The clock was moved by ");
            Assert.Equal(2, server.Lines.Count(line => line.Contains("The clock was moved by", StringComparison.Ordinal)));
            server.Kill();
        }

        // It is set right while nothing runs. The newest date is a year old, and nothing newer than that is deleted by it.
        _clock.Jump(Year);
        using (var server = await StartAsync())
        {
            await AssertNothingLostAsync(server);
            _clock.Jump(Year);
            await AssertDoubtedAsync(server, "The clock was moved by ");
            server.Kill();
        }

        _clock.Jump(-Year);
        using (var server = await StartAsync())
        {
            await AssertDoubtedAsync(server, "it is wrong now or was then");
            server.Kill();
        }

        // It jumps ahead while nothing runs, of which nothing can tell: nothing is deleted by it all the same.
        _clock.Jump(3 * Year);
        using (var server = await StartAsync())
        {
            await PassAsync(server, TimeSpan.FromMinutes(2));
            Assert.Equal(_acknowledged, (await FeedOfAll.ReadAsync(server.Grpc, _token)).Values);
            _clock.Jump(-3 * Year);
            await AssertDoubtedAsync(server, "The clock was moved by ");

            await PassAsync(server, TimeSpan.FromDays(1) + TimeSpan.FromMinutes(2));
            Assert.Equal("ready\n", await HealthAsync(server));
            await AssertNothingLostAsync(server);

            // So it deletes what is due, which shows that it could have before.
            await PassAsync(server, TimeSpan.FromDays(40));
            await server.WaitForLineAsync("Deleted reports 1 to ");
            Assert.DoesNotContain(1UL, (await FeedOfAll.ReadAsync(server.Grpc, _token)).Keys);
            Assert.Equal(0, await server.StopAsync());
        }
    }

    [Fact]
    public async Task Connections_that_do_nothing_and_clients_that_answer_no_ping_are_ended_after_the_stated_times()
    {
        using var server = await StartAsync();
        using var idle = await RawConnection.OpenAsync(server.Http);
        await idle.SendAsync("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
        await idle.ReadAnswerAsync();
        var idleEnded = idle.ReadToEndAsync();
        // Holds a stream open, and answers nothing.
        using var dead = await RawHttp2.OpenAsync(server.Grpc);
        await dead.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 1, RawHttp2.CallOf("/grpc.health.v1.Health/Watch")));
        await dead.SendAsync(RawHttp2.Frame(RawHttp2.Data, RawHttp2.EndStream, 1, new byte[5]));
        var (answered, pinged) = (new TaskCompletionSource(), new TaskCompletionSource());
        var deadEnded = Task.Run(async () =>
        {
            while (await dead.ReadAsync() is { } frame)
            {
                (frame.Type switch { RawHttp2.Data => answered, RawHttp2.Ping => pinged, _ => null })?.TrySetResult();
            }
        });

        // Its answer: from then on the server hears nothing.
        await Patience.For(answered.Task, "the server answers");
        _clock.Pass(TimeSpan.FromSeconds(31));
        await Patience.For(pinged.Task, "the server asks whether anybody is there");
        Assert.False(deadEnded.IsCompleted || idleEnded.IsCompleted, "A connection was ended too soon.");
        _clock.Pass(TimeSpan.FromSeconds(20));
        await Patience.For(deadEnded, "a client that answers no ping is dropped");
        Assert.False(idleEnded.IsCompleted, "An idle connection was ended too soon.");
        _clock.Pass(TimeSpan.FromSeconds(70));
        Assert.Equal("", await Patience.For(idleEnded, "an idle connection is ended"));
    }

    private Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(
        ServerStart.On(_data, "--Retention:ReportDays=31", "--Feed:HeartbeatInterval=00:00:01") with { Environment = _clock.Environment });

    /// <summary>Days of reports that end now, none of which is due.</summary>
    private async Task FillAsync()
    {
        using (var first = await StartAsync())
        {
            _token = first.AdminToken!;
            first.Kill();
        }

        await using var store = StoppedData.Open(_data);
        var reports = new RandomReports(new Random(5));
        for (var day = Days; day > 0; day--)
        {
            var batch = Enumerable.Range(0, PerDay).Select(reports.Next).ToList();
            store.Commit(batch, new CommitRules(TimeProvider.System.GetUtcNow().AddDays(1 - day).AddMinutes(-1), TimeSpan.Zero));
            _acknowledged.AddRange(batch.Select(report => report.ReportId.ToString("D")));
        }
    }

    private async Task AssertDoubtedAsync(ServerProcess server, string words)
    {
        var health = await HealthAsync(server);
        Assert.StartsWith("ready, but degraded\n", health, StringComparison.Ordinal);
        Assert.Contains(words, health, StringComparison.Ordinal);
        await AssertNothingLostAsync(server);
    }

    /// <summary>A report is taken, and after several rounds of what deletes everything is there.</summary>
    private async Task AssertNothingLostAsync(ServerProcess server)
    {
        using (var channel = GrpcChannel.ForAddress(server.Grpc))
        {
            var request = SampleReports.Request($"https://{_acknowledged.Count}.example");
            await new Wire.ReportingService.ReportingServiceClient(channel).SubmitReportAsync(request);
            _acknowledged.Add(request.Report.ReportId);
        }

        await PassAsync(server, TimeSpan.FromMinutes(2));
        Assert.Equal(_acknowledged, (await FeedOfAll.ReadAsync(server.Grpc, _token)).Values);
    }

    /// <summary>Lets time pass, and the server notice what is due by then.</summary>
    private async Task PassAsync(ServerProcess server, TimeSpan time)
    {
        _clock.Pass(time);
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        using var call = new Wire.FeedService.FeedServiceClient(channel).StreamEvents(
            new Wire.StreamEventsRequest { Now = new() }, new Metadata { { "authorization", "Bearer " + _token } });
        for (var heartbeats = 0; heartbeats < 2;)
        {
            Assert.True(await Patience.For(call.ResponseStream.MoveNext(CancellationToken.None), "a heartbeat"));
            heartbeats += call.ResponseStream.Current.MessageCase == Wire.StreamEventsResponse.MessageOneofCase.Heartbeat ? 1 : 0;
        }
    }

    private static async Task<string> HealthAsync(ServerProcess server)
    {
        using var client = new HttpClient { BaseAddress = server.Http };
        using var answer = await Patience.For(client.GetAsync("/healthz"), "the health page");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
