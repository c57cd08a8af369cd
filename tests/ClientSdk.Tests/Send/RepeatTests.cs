using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Telemetry.Client;
using Telemetry.Client.Schedule;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Tests.Send;

/// <summary>A report whose answer is lost: by a cut, a kill, a stop, another process.</summary>
public sealed class RepeatTests
{
    [Fact]
    public async Task A_report_whose_answer_was_lost_is_sent_again_byte_for_byte_although_the_figures_changed()
    {
        await using var target = await TestServer.StartAsync();
        await using var lossy = await LossyServer.StartAsync(target);
        using var installation = Counting(lossy.Address, target);
        await using var client = installation.Client();

        Assert.IsType<SendResult.MayHaveArrived>(await Patience.For(client.SendNowAsync(), "the send ends"));
        lossy.Loses = false;
        var shown = await client.PreviewAsync();
        var sent = Assert.IsType<SendResult.Sent>(await Patience.For(client.SendNowAsync(), "the send ends"));

        Assert.Equal(2, lossy.Received.Count);
        Assert.Equal(lossy.Received[0], lossy.Received[1]);
        Assert.Equal(shown.Digest, sent.Receipt.Digest);
        Assert.Equal(1, target.Store.Current.Number);
    }

    [Fact]
    public async Task Beyond_the_hour_new_figures_go_out_under_another_id()
    {
        await using var target = await TestServer.StartAsync();
        await using var lossy = await LossyServer.StartAsync(target);
        using var installation = Counting(lossy.Address, target);
        await using var client = installation.Client();

        await Patience.For(client.SendNowAsync(), "the send ends");
        lossy.Loses = false;
        target.Time.Advance(ReportSchedule.Spacing);
        Assert.IsType<SendResult.Sent>(await Patience.For(client.SendNowAsync(), "the send ends"));

        Assert.NotEqual(Report.Parser.ParseFrom(lossy.Received[0]).ReportId, Report.Parser.ParseFrom(lossy.Received[1]).ReportId);
        Assert.Equal(2, target.Store.Current.Number);
    }

    [Fact]
    public async Task A_process_that_is_gone_leaves_its_report_to_the_next_one()
    {
        await using var target = await TestServer.StartAsync();
        await using var lossy = await LossyServer.StartAsync(target);
        lossy.Hangs = true;
        using var installation = Counting(lossy.Address, target);
        using var stop = new CancellationTokenSource();
        await using (var killed = installation.Client())
        {
            var sending = killed.SendNowAsync(stop.Token);
            await Patience.For(lossy.Arrived.Task, "the report is stored");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        }

        lossy.Loses = lossy.Hangs = false;
        await using var next = installation.Client();
        Assert.IsType<SendResult.Sent>(await Patience.For(next.SendNowAsync(), "the send ends"));

        Assert.Equal(lossy.Received[0], lossy.Received[1]);
        Assert.Equal(1, target.Store.Current.Number);
    }

    [Fact]
    public async Task Two_processes_that_send_at_once_send_the_same_report()
    {
        await using var target = await TestServer.StartAsync();
        await using var lossy = await LossyServer.StartAsync(target);
        lossy.Hangs = true;
        using var installation = Counting(lossy.Address, target);
        await using var one = installation.Client();
        await using var two = installation.Client();

        var first = one.SendNowAsync();
        await Patience.For(lossy.Arrived.Task, "the first report is stored");
        lossy.Loses = lossy.Hangs = false;
        var second = Assert.IsType<SendResult.Sent>(await Patience.For(two.SendNowAsync(), "the second send ends"));
        lossy.Release();

        Assert.Equal(lossy.Received[0], lossy.Received[1]);
        Assert.Equal(second.Receipt.Digest, Convert.ToHexStringLower(SHA256.HashData(lossy.Received[0])));
        Assert.Equal(1, target.Store.Current.Number);
        Assert.IsNotType<SendResult.Sent>(await Patience.For(first, "the first send ends"));
    }

    [Fact]
    public async Task A_scheduled_report_that_a_kill_interrupted_is_taken_up_again_ten_minutes_later()
    {
        await using var target = await TestServer.StartAsync();
        await using var lossy = await LossyServer.StartAsync(target);
        using var installation = new TestInstallation(lossy.Address);
        lossy.Hangs = true;
        var killed = installation.Client();
        killed.Start();
        await installation.Steps.StepUntilAsync(lossy.Arrived.Task, "the report is stored");

        await Patience.For(killed.DisposeAsync().AsTask(), "the client is stopped");
        var taken = installation.Time.GetUtcNow();
        lossy.Loses = lossy.Hangs = false;
        await using var next = installation.Client();
        var reported = new TaskCompletionSource<SendResult>();
        next.Reported += (_, result) => reported.TrySetResult(result);
        next.Start();
        await installation.Steps.StepUntilAsync(reported.Task, "the report is sent again");

        Assert.IsType<SendResult.Sent>(await reported.Task);
        Assert.Equal(lossy.Received[0], lossy.Received[1]);
        Assert.InRange(installation.Time.GetUtcNow() - taken, ReportSchedule.LongestAttempt, ReportSchedule.LongestAttempt * 3);
    }

    [Fact]
    public async Task Two_clicks_are_one_send()
    {
        await using var target = await TestServer.StartAsync();
        await using var lossy = await LossyServer.StartAsync(target);
        lossy.Hangs = true;
        lossy.Loses = false;
        using var installation = Counting(lossy.Address, target);
        await using var client = installation.Client();

        var first = client.SendNowAsync();
        var second = client.SendNowAsync();
        using var left = new CancellationTokenSource();
        var third = client.SendNowAsync(left.Token);
        await Patience.For(lossy.Arrived.Task, "the report is stored");
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        lossy.Release();

        Assert.Same(await Patience.For(first, "the send ends"), await Patience.For(second, "the same send ends"));
        Assert.IsType<SendResult.Sent>(await first);
        Assert.Single(lossy.Received);
        Assert.Single(client.GetHistory());
    }

    [Theory]
    [InlineData(true, "read other bytes")]
    [InlineData(false, "with other content")]
    public async Task A_receipt_for_other_bytes_is_called_so(bool other, string words)
    {
        await using var server = await FakeServer.StartAsync(HttpProtocols.Http2, async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await FakeServer.AnswerAsync(context, new SubmitReportResponse
            {
                Receipt = new Receipt
                {
                    ReportId = SubmitReportRequest.Parser.ParseFrom(body.ToArray()[5..]).Report.ReportId,
                    AcceptedAt = new() { Seconds = 1_800_000_000 },
                    ReportSha256 = other ? ByteString.CopyFrom(new byte[32]) : ByteString.Empty,
                },
            });
        });
        using var installation = new TestInstallation(server.Address);
        await using var client = installation.Client();

        var result = Assert.IsType<SendResult.DigestMismatch>(await Patience.For(client.SendNowAsync(), "the send ends"));

        Assert.Contains(words, result.Message, StringComparison.Ordinal);
        Assert.Equal(result.Receipt, Assert.Single(client.GetHistory()).Receipt);
        Assert.Null(client.GetStatus().LastSuccessAt);
    }

    /// <summary>An app whose figures change with every look.</summary>
    private static TestInstallation Counting(Uri server, TestServer target)
    {
        var installation = new TestInstallation(server, target.Time);
        var count = 0u;
        installation.Collector = _ => ValueTask.FromResult(
            new UsageSnapshot<Usage> { Users = new Users { Total = ++count }, Usage = new Usage { Rooms = 0 } });
        return installation;
    }

    /// <summary>Lets every report through to a server, and loses the answer.</summary>
    private sealed class LossyServer(TestServer target) : IAsyncDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private FakeServer _server = null!;

        public Uri Address => _server.Address;

        public List<byte[]> Received { get; } = [];

        public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public volatile bool Loses = true;

        /// <summary>Whether the answer is held back until it is released.</summary>
        public volatile bool Hangs;

        public static async Task<LossyServer> StartAsync(TestServer target)
        {
            var lossy = new LossyServer(target);
            lossy._server = await FakeServer.StartAsync(HttpProtocols.Http2, lossy.AnswerAsync);
            return lossy;
        }

        public void Release() => _released.TrySetResult();

        public async ValueTask DisposeAsync()
        {
            Release();
            await _server.DisposeAsync();
        }

        private async Task AnswerAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var (hangs, loses) = (Hangs, Loses);
            var request = SubmitReportRequest.Parser.ParseFrom(body.ToArray()[5..]);
            lock (Received)
            {
                Received.Add(request.Report.ToByteArray());
            }

            var answer = await new ReportingService.ReportingServiceClient(target.Native).SubmitReportAsync(request);
            Arrived.TrySetResult();
            if (hangs)
            {
                await _released.Task;
            }

            if (loses)
            {
                context.Abort();
                return;
            }

            await FakeServer.AnswerAsync(context, answer);
        }
    }
}
