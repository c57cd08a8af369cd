using Grpc.Core;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;
using Case = Telemetry.Contracts.V1.StreamEventsResponse.MessageOneofCase;

namespace Telemetry.Server.Tests.Feed;

/// <summary>What a reader of the feed can rely on, over native gRPC and gRPC-Web.</summary>
public sealed class StreamEventsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_live_reader_gets_hello_caught_up_and_then_each_event_at_once(bool web)
    {
        await using var server = await TestServer.StartAsync();
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest(), web ? server.Web : server.Native);

        var hello = (await feed.NextAsync(Case.Hello)).Hello;
        await feed.NextAsync(Case.CaughtUp);
        for (var i = 1; i <= 3; i++)
        {
            var receipt = await SubmitAsync(server, $"https://live-{i}.example");
            var happened = (await feed.NextAsync(Case.Event)).Event;
            Assert.Equal((receipt.Number, receipt.Number), (happened.Position.Number, happened.Report.Number));
            Assert.Equal(receipt.ReportId, happened.Report.Report.ReportId);
            Assert.Equal([Wire.EventKind.ReportAccepted, Wire.EventKind.InstanceDiscovered], happened.Kinds);
        }

        Assert.Equal(0ul, hello.Current.Number);
        Assert.Equal(TimeSpan.FromSeconds(15), hello.HeartbeatInterval.ToTimeSpan());
    }

    [Fact]
    public async Task A_reader_that_stops_and_resumes_after_a_restart_sees_each_event_once_and_in_order()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-feed-").FullName;
        try
        {
            string last;
            await using (var server = await TestServer.StartAsync(data))
            {
                await SubmitManyAsync(server, "a", 300);
                using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
                var events = await feed.EventsThroughAsync(170);
                Assert.Equal(Enumerable.Range(1, 170).Select(i => (ulong)i), events.Select(e => e.Position.Number));
                last = events[^1].Position.Cursor;
            }

            await using (var server = await TestServer.StartAsync(data))
            {
                await SubmitManyAsync(server, "b", 50);
                using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { After = last });
                var events = await feed.EventsThroughAsync(350);
                Assert.Equal(Enumerable.Range(171, 180).Select(i => (ulong)i), events.Select(e => e.Position.Number));
                Assert.Equal(2, events.Select(e => EpochOf(e.Position.Cursor)).Distinct().Count());
                await feed.NextAsync(Case.CaughtUp);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_position_of_another_log_or_beyond_the_end_is_refused_and_said()
    {
        await using var other = await TestServer.StartAsync();
        await using var server = await TestServer.StartAsync();
        await SubmitManyAsync(other, "o", 5);
        await SubmitManyAsync(server, "s", 10);
        var foreign = (await other.Store.FindReportAsync(5, CancellationToken.None))!.Position;
        var own = (await server.Store.FindReportAsync(5, CancellationToken.None))!.Position;

        foreach (var after in new[]
        {
            new FeedPosition(foreign.Epoch, 5),
            new FeedPosition(own.Epoch, 11),
            new FeedPosition(own.Epoch, long.MaxValue),
            new FeedPosition(0, 5),
        })
        {
            var refusal = await RefusalAsync(server, new Wire.StreamEventsRequest { After = FeedCursor.Of(after) });
            Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
            Assert.Equal("POSITION_UNKNOWN", refusal.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Reason);
        }
    }

    [Fact]
    public async Task A_restored_backup_that_went_its_own_way_refuses_positions_of_the_lost_future()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-feed-").FullName;
        var backup = Directory.CreateTempSubdirectory("telemetry-backup-").FullName;
        try
        {
            await using (var server = await TestServer.StartAsync(data))
            {
                await SubmitManyAsync(server, "a", 3);
            }

            CopyFiles(data, backup);
            string future;
            await using (var server = await TestServer.StartAsync(data))
            {
                await SubmitAsync(server, "https://future.example");
                future = FeedCursor.Of(server.Store.Current);
            }

            await using (var restored = await TestServer.StartAsync(backup))
            {
                var refusal = await RefusalAsync(restored, new Wire.StreamEventsRequest { After = future });
                Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);

                // The number exists now, but it is another event.
                await SubmitManyAsync(restored, "other", 5);
                refusal = await RefusalAsync(restored, new Wire.StreamEventsRequest { After = future });
                Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);

                using var feed = FeedReader.Open(
                    restored, new Wire.StreamEventsRequest { After = CursorOf(restored, 3) });
                Assert.Equal(5, (await feed.EventsThroughAsync(8)).Count);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
            Directory.Delete(backup, recursive: true);
        }
    }

    [Fact]
    public async Task Filters_let_pass_what_matches_all_of_them()
    {
        await using var server = await TestServer.StartAsync();
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest
        {
            Filter = new Wire.EventFilter
            {
                Apps = { "roomvox" },
                Countries = { "FR", "AT" },
                AppVersions = { "1.6.0" },
                Verdicts = { Wire.ClaimVerdict.Unverified },
                Kinds = { Wire.EventKind.InstanceDiscovered },
            },
        });
        await feed.NextAsync(Case.Hello);
        await feed.NextAsync(Case.CaughtUp);

        await SubmitAsync(server, "https://1.example", r => r.Environment.Country = "FR");
        await SubmitAsync(server, "https://2.example", r => { r.Environment.Country = "FR"; r.AppVersion = "1.6.0"; });
        await SubmitAsync(server, "https://3.example", r => { r.AppVersion = "1.6.0"; r.Subscription.Key = "K"; });
        await SubmitAsync(server, "https://4.example", r =>
        {
            r.Environment.Country = "AT";
            r.AppVersion = "1.6.0";
            r.Subscription.Key = "K";
        });
        server.Time.Advance(TimeSpan.FromHours(2));

        var next = await feed.NextAsync();
        // The heartbeat may come first or last; it says how far the reader has looked.
        var passed = next.Event ?? (await feed.NextAsync(Case.Event)).Event;
        Assert.Equal(4ul, passed.Position.Number);
    }

    [Fact]
    public async Task A_quiet_stream_sends_heartbeats_with_a_safe_position()
    {
        await using var server = await TestServer.StartAsync();
        await SubmitManyAsync(server, "h", 2);
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest
        {
            Beginning = new(),
            Filter = new Wire.EventFilter { Countries = { "JP" } },
            HeartbeatInterval = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
        });
        await feed.NextAsync(Case.Hello);
        await feed.NextAsync(Case.CaughtUp);

        var next = feed.NextAsync(Case.Heartbeat);
        while (!next.IsCompleted)
        {
            // The session may not be waiting yet, so one step of the clock may come too early for it.
            server.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Equal(2ul, (await next).Heartbeat.Position.Number);
    }

    [Fact]
    public async Task An_expired_position_is_refused_and_the_beginning_is_the_oldest_event()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 1; i <= 10; i++)
        {
            // One by one: what shares a commit can only be dropped together.
            await SubmitAsync(server, $"https://r-{i}.example");
        }

        var early = CursorOf(server, 2);
        await server.Store.DropThroughAsync(6, CancellationToken.None);

        Assert.Equal(7, server.Store.OldestNumber);
        var refusal = await RefusalAsync(server, new Wire.StreamEventsRequest { After = early });
        Assert.Equal(StatusCode.OutOfRange, refusal.StatusCode);
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
        Assert.Equal(7ul, (await feed.EventsThroughAsync(10))[0].Position.Number);
        Assert.Equal(10, server.Store.InstanceCount);
    }

    [Fact]
    public async Task A_stalled_reader_costs_the_writer_nothing_and_gets_everything_when_it_goes_on()
    {
        await using var server = await TestServer.StartAsync(settings: "Feed:FellBehindAfter=100");
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest());
        await feed.NextAsync(Case.Hello);
        await feed.NextAsync(Case.CaughtUp);

        await SubmitManyAsync(server, "stalled", 5_000);

        var numbers = new List<ulong>();
        var fellBehind = false;
        while (numbers.Count < 5_000)
        {
            var message = await feed.NextAsync();
            fellBehind |= message.FellBehind is not null;
            if (message.Event is { } happened)
            {
                numbers.Add(happened.Position.Number);
            }
        }

        Assert.Equal(Enumerable.Range(1, 5_000).Select(i => (ulong)i), numbers);
        Assert.True(fellBehind, "The reader was far behind and was not told.");
    }

    [Fact]
    public async Task What_retention_takes_from_a_stalled_reader_is_announced_as_a_gap()
    {
        const ulong Events = 5_000;
        await using var server = await TestServer.StartAsync();
        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest());
        await feed.NextAsync(Case.Hello);
        await feed.NextAsync(Case.CaughtUp);
        await SubmitManyAsync(server, "overtaken", (int)Events);

        await server.Store.DropThroughAsync((long)Events - 1, CancellationToken.None);

        var last = 0ul;
        var gaps = 0;
        while (last < Events)
        {
            var message = await feed.NextAsync();
            if (message.Event is { } happened)
            {
                Assert.Equal(last + 1, happened.Position.Number);
                last = happened.Position.Number;
            }
            else if (message.Gap is { } gap)
            {
                Assert.Equal((last + 1, (ulong)server.Store.OldestNumber - 1), (gap.FromNumber, gap.ToNumber));
                last = gap.ToNumber;
                gaps++;
            }
        }

        Assert.Equal(1, gaps);
    }

    [Theory]
    [InlineData(null, "TOKEN_MISSING")]
    [InlineData("Bearer wrong", "TOKEN_UNKNOWN")]
    [InlineData("Basic dXNlcjpwYXNz", "TOKEN_MISSING")]
    public async Task Without_a_good_token_nothing_is_shown(string? authorization, string reason)
    {
        await using var server = await TestServer.StartAsync();
        var headers = new Metadata();
        if (authorization is not null)
        {
            headers.Add("authorization", authorization);
        }

        using var call = new Wire.FeedService.FeedServiceClient(server.Native)
            .StreamEvents(new Wire.StreamEventsRequest(), headers);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        var admin = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Wire.AdminService.AdminServiceClient(server.Web).GetServerInfoAsync(new(), headers));

        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, admin.StatusCode);
        Assert.Equal(reason, refusal.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task A_filter_that_can_match_nothing_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var filter in new[]
        {
            new Wire.EventFilter { Apps = { "no-such-app" } },
            new Wire.EventFilter { Apps = { "" } },
            new Wire.EventFilter { Kinds = { (Wire.EventKind)33 } },
            new Wire.EventFilter { Kinds = { (Wire.EventKind)257 } },
            new Wire.EventFilter { Verdicts = { (Wire.ClaimVerdict)257 } },
            new Wire.EventFilter { Kinds = { Wire.EventKind.Unspecified } },
            new Wire.EventFilter { Countries = { "Germany" } },
            new Wire.EventFilter { AppVersions = { "" } },
            new Wire.EventFilter { Verdicts = { (Wire.ClaimVerdict)77 } },
            new Wire.EventFilter { AppVersions = { Enumerable.Repeat("1.0", 101) } },
        })
        {
            var refusal = await RefusalAsync(server, new Wire.StreamEventsRequest { Filter = filter });
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        }
    }

    private static string CursorOf(TestServer server, long number) =>
        FeedCursor.Of(new FeedPosition(server.Store.EpochOf(number), number));

    private static ulong EpochOf(string cursor) =>
        FeedCursor.TryRead(cursor, out var position) ? position.Epoch : throw new ArgumentException("No cursor.", nameof(cursor));

    private static void CopyFiles(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static async Task<RpcException> RefusalAsync(TestServer server, Wire.StreamEventsRequest request)
    {
        using var call = new Wire.FeedService.FeedServiceClient(server.Native).StreamEvents(request, server.Authorized);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    private static async Task<Wire.Receipt> SubmitAsync(
        TestServer server, string url, Action<Wire.Report>? change = null)
    {
        var report = SampleReports.Of(url);
        change?.Invoke(report);
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        return (await client.SubmitReportAsync(new Wire.SubmitReportRequest { Report = report })).Receipt;
    }

    private static async Task SubmitManyAsync(TestServer server, string name, int count)
    {
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        for (var done = 0; done < count; done += 500)
        {
            var request = new Wire.SubmitReportsRequest();
            request.Reports.AddRange(Enumerable.Range(done, Math.Min(500, count - done))
                .Select(i => SampleReports.Of($"https://{name}-{i}.example")));
            var response = await client.SubmitReportsAsync(request);
            Assert.All(response.Results, result => Assert.NotNull(result.Receipt));
        }
    }
}
