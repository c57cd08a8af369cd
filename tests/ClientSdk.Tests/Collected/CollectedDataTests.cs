using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Telemetry.Client;
using Telemetry.Client.Collected;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Tests.Collected;

/// <summary>An installation that asks the server for what it has of it, and has it deleted.</summary>
public sealed class CollectedDataTests
{
    private const string Erase = "/telemetry.v1.OwnDataService/EraseOwnData";

    [Fact]
    public async Task What_was_sent_is_shown_and_deleted_and_the_next_report_begins_anew()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        using var installation = Installation(server);
        await using var client = installation.Client();
        await client.PreviewAsync();
        await SendAsync(client);
        await SendAsync(installation.Tool()!);
        var secret = SecretOf(installation);

        var shown = Assert.IsType<CollectedResult.Shown>(await Patience.For(client.ShowCollectedAsync(), "it is shown"));
        Assert.Equal([2, 1], shown.Lines.Skip(1).Select(line => int.Parse(JsonElement.Parse(line).GetProperty("report").GetProperty("number").GetString()!, null)));
        Assert.Equal("roomvox", JsonElement.Parse(shown.Lines[0]).GetProperty("instance").GetProperty("app").GetString());
        // Also the app's own figures, by its own contract.
        Assert.Contains("\"@type\":\"type.googleapis.com/telemetry.apps.roomvox.v1.Usage\"", shown.Lines[1], StringComparison.Ordinal);

        var deleted = Assert.IsType<CollectedResult.Deleted>(await Patience.For(client.DeleteCollectedAsync(), "it is deleted"));
        Assert.Equal((2, "roomvox", false), (deleted.Receipts.Single().Reports, deleted.Receipts.Single().App, deleted.Before));
        Assert.Equal(deleted.Receipts.Single(), client.GetStatus().LastDeletion);
        Assert.Empty(server.Store.ReadInstances());
        Assert.IsType<CollectedResult.NothingSent>(await client.DeleteCollectedAsync());
        Assert.Contains("since everything was deleted", (await client.ShowCollectedAsync()).Message, StringComparison.Ordinal);

        // Nothing was switched off.
        Assert.Equal(ReportingMode.On, client.GetStatus().Consent.Mode);
        await SendAsync(client);
        Assert.NotEqual(secret, SecretOf(installation));
        Assert.Equal(2, Assert.IsType<CollectedResult.Shown>(await client.ShowCollectedAsync()).Lines.Count);
        Assert.Equal(1, Assert.IsType<CollectedResult.Deleted>(await installation.Tool()!.DeleteCollectedAsync()).Receipts.Single().Reports);
    }

    [Fact]
    public async Task Nobody_is_asked_when_nothing_was_sent_and_the_secret_is_drawn_with_the_first_report_alone()
    {
        var asked = 0;
        await using var server = await FakeServer.StartAsync(HttpProtocols.Http2, _ =>
        {
            asked++;
            return Task.CompletedTask;
        });
        using var installation = new TestInstallation(server.Address);
        await using var client = installation.Client();
        await client.PreviewAsync();

        var results = new[] { await client.ShowCollectedAsync(), await client.DeleteCollectedAsync() };

        Assert.All(results, result => Assert.IsType<CollectedResult.NothingSent>(result));
        Assert.All(results, result => Assert.Contains("ask the vendor", result.Message, StringComparison.Ordinal));
        Assert.Equal(0, asked);
        Assert.Null(SecretOf(installation));
    }

    [Fact]
    public async Task The_secret_is_random_and_in_the_state_alone()
    {
        await using var server = await TestServer.StartAsync();
        using var installation = Installation(server);
        using var other = Installation(server);
        await using var client = installation.Client();
        await SendAsync(client);
        await other.Client().SendNowAsync();

        var secret = SecretOf(installation)!;
        Assert.Equal(32, Convert.FromBase64String(secret).Length);
        Assert.NotEqual(secret, SecretOf(other));
        foreach (var path in Directory.GetFiles(installation.StateDirectory).Where(path => Path.GetFileName(path) != "state.json"))
        {
            Assert.DoesNotContain(secret, await File.ReadAllTextAsync(path), StringComparison.Ordinal);
        }

        var preview = await client.PreviewAsync();
        Assert.DoesNotContain(secret, preview.Json, StringComparison.Ordinal);
        Assert.False(preview.Bytes.Span.IndexOf(Convert.FromBase64String(secret)) >= 0);
        Assert.DoesNotContain(installation.Logs.Lines, line => line.Text.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_somebody_else_reported_for_is_not_the_owner_any_more()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        using var installation = Installation(server);
        await using var client = installation.Client();
        await SendAsync(client);
        await new ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(SampleReports.Request());

        var shown = Assert.IsType<CollectedResult.NotTheOwner>(await client.ShowCollectedAsync());
        Assert.IsType<CollectedResult.NotTheOwner>(await client.DeleteCollectedAsync());

        Assert.Contains("Ask the vendor", shown.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Store.Current.Number);
    }

    [Fact]
    public async Task A_deletion_whose_answer_was_lost_is_answered_when_it_is_asked_for_again()
    {
        await using var server = await TestServer.StartAsync();
        var loses = true;
        await using var lossy = await FakeServer.StartAsync(HttpProtocols.Http2, async context =>
        {
            if (context.Request.Path == Erase && loses)
            {
                // Done, and cut off.
                await FakeServer.ForwardAsync(WithoutAnswer(context), server.Http2);
                context.Abort();
                return;
            }

            await FakeServer.ForwardAsync(context, server.Http2);
        });
        using var installation = new TestInstallation(lossy.Address);
        await using var client = installation.Client();
        await SendAsync(client);

        var lost = Assert.IsType<CollectedResult.MayBeDeleted>(await Patience.For(client.DeleteCollectedAsync(), "it ends"));
        loses = false;
        var again = Assert.IsType<CollectedResult.Deleted>(await Patience.For(client.DeleteCollectedAsync(), "it is deleted"));

        Assert.Contains("Ask again", lost.Message, StringComparison.Ordinal);
        Assert.True(again.Before);
        Assert.Equal(1, again.Receipts.Single().Reports);
        Assert.Null(SecretOf(installation));
    }

    [Fact]
    public async Task Off_stays_off_and_what_was_collected_goes_all_the_same()
    {
        await using var server = await TestServer.StartAsync();
        using var installation = Installation(server);
        await using var client = installation.Client();
        await SendAsync(client);
        await client.SetModeAsync(ReportingMode.Off);

        Assert.IsType<CollectedResult.Shown>(await client.ShowCollectedAsync());
        Assert.IsType<CollectedResult.Deleted>(await client.DeleteCollectedAsync());

        Assert.Equal(ReportingMode.Off, client.GetStatus().Consent.Mode);
        Assert.IsType<SendResult.Disabled>(await client.SendNowAsync());
        Assert.Empty(server.Store.ReadInstances());
    }

    [Fact]
    public async Task Too_many_calls_are_told_with_when_to_ask_again()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:OwnDataCallsPerHour=1");
        using var installation = Installation(server);
        await using var client = installation.Client();
        await SendAsync(client);
        await client.ShowCollectedAsync();

        var busy = Assert.IsType<CollectedResult.Busy>(await client.DeleteCollectedAsync());

        Assert.Equal(installation.Time.GetUtcNow().AddHours(1), busy.WelcomeAt);
    }

    [Fact]
    public async Task A_server_that_knows_no_such_call_is_too_old()
    {
        await using var server = await TestServer.StartAsync();
        await using var old = await FakeServer.StartAsync(HttpProtocols.Http2, context =>
        {
            context.Request.Path = context.Request.Path.Value!.Replace("OwnDataService", "NoSuchService", StringComparison.Ordinal);
            return FakeServer.ForwardAsync(context, server.Http2);
        });
        using var installation = new TestInstallation(old.Address);
        await using var client = installation.Client();
        await SendAsync(client);

        Assert.IsType<CollectedResult.Unsupported>(await client.ShowCollectedAsync());
        Assert.IsType<CollectedResult.Unsupported>(await client.DeleteCollectedAsync());
    }

    [Fact]
    public async Task A_server_that_is_gone_is_named_and_one_that_is_silent_ends_within_a_minute()
    {
        await using var server = await TestServer.StartAsync();
        using var asked = new SemaphoreSlim(0);
        var stands = true;
        await using var proxy = await FakeServer.StartAsync(HttpProtocols.Http2, async context =>
        {
            if (stands)
            {
                await FakeServer.ForwardAsync(context, server.Http2);
                return;
            }

            asked.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var installation = new TestInstallation(proxy.Address);
        await using var client = installation.Client();
        await SendAsync(client);
        stands = false;
        foreach (var begin in new[] { () => client.ShowCollectedAsync(), () => client.DeleteCollectedAsync() })
        {
            var ask = begin();
            await Patience.For(asked.WaitAsync(), "the server is asked");
            installation.Time.Advance(CollectedData.Timeout);
            var result = await Patience.For(ask, "it ends");
            Assert.Contains("did not answer within 60 seconds", result.Message, StringComparison.Ordinal);
            Assert.True(result is CollectedResult.MayBeDeleted or CollectedResult.Unreachable { Cause: UnreachableCause.Timeout }, result.ToString());
        }

        await proxy.DisposeAsync();
        Assert.Equal(UnreachableCause.Refused, Assert.IsType<CollectedResult.Unreachable>(await client.DeleteCollectedAsync()).Cause);
        Assert.NotNull(SecretOf(installation));
    }

    [Fact]
    public async Task While_another_process_sends_nothing_is_deleted()
    {
        using var arrived = new SemaphoreSlim(0);
        await using var server = await FakeServer.StartAsync(HttpProtocols.Http2, async context =>
        {
            arrived.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var installation = new TestInstallation(server.Address);
        await using var sender = installation.Client();
        await using var client = installation.Client();
        using var stop = new CancellationTokenSource();
        var sending = sender.SendNowAsync(stop.Token);
        await Patience.For(arrived.WaitAsync(), "the report is on its way");

        var busy = Assert.IsType<CollectedResult.Busy>(await Patience.For(client.DeleteCollectedAsync(), "it ends"));

        Assert.Equal(installation.Time.GetUtcNow() + CollectedData.Timeout, busy.WelcomeAt);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Whatever_answers_it_ends_in_a_result()
    {
        await using var server = await TestServer.StartAsync();
        Func<HttpContext, Task>? answer = null;
        await using var proxy = await FakeServer.StartAsync(
            HttpProtocols.Http2, context => answer is null ? FakeServer.ForwardAsync(context, server.Http2) : answer(context));
        using var installation = new TestInstallation(proxy.Address);
        await using var client = installation.Client();
        await SendAsync(client);
        var at = Timestamp.FromDateTimeOffset(installation.Time.GetUtcNow());
        foreach (var (deletes, wrong, kind) in new (bool, Func<HttpContext, Task>, CollectedResultKind)[]
        {
            (true, context => FakeServer.AnswerAsync(context, new EraseOwnDataResponse()), CollectedResultKind.ServerFailed),
            (true, context => FakeServer.AnswerAsync(context, new EraseOwnDataResponse { Erased = { new ErasedApp { Receipt = new('x', 5_000), ErasedAt = at } } }), CollectedResultKind.ServerFailed),
            (true, context => FakeServer.AnswerAsync(context, new EraseOwnDataResponse { Erased = { new ErasedApp { Receipt = "x", ErasedAt = new() { Seconds = long.MaxValue } } } }), CollectedResultKind.ServerFailed),
            (false, context => FakeServer.AnswerAsync(context, new ExportOwnDataResponse { Report = new() { AcceptedAt = new() { Seconds = long.MaxValue } } }), CollectedResultKind.Unreachable),
            (false, context => context.Response.WriteAsync("<html>"), CollectedResultKind.Unreachable),
            (true, context => context.Response.WriteAsync("<html>"), CollectedResultKind.Unreachable),
        })
        {
            answer = wrong;
            var result = await Patience.For(deletes ? client.DeleteCollectedAsync() : client.ShowCollectedAsync(), "it ends");
            Assert.Equal((kind, deletes), (result.Kind, deletes));
        }

        answer = null;
        Assert.IsType<CollectedResult.Deleted>(await client.DeleteCollectedAsync());
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_does_not_hide_that_it_is_deleted()
    {
        await using var server = await TestServer.StartAsync();
        using var installation = Installation(server);
        await using var client = installation.Client();
        await SendAsync(client);
        var state = Path.Combine(installation.StateDirectory, "state.json");
        var before = await File.ReadAllBytesAsync(state);
        // Where the next version of the state would be written.
        File.Delete(Path.Combine(installation.StateDirectory, "lock"));
        Directory.CreateDirectory(Path.Combine(installation.StateDirectory, "lock"));

        var deleted = Assert.IsType<CollectedResult.Deleted>(await Patience.For(client.DeleteCollectedAsync(), "it is deleted"));

        Assert.Contains("could not be noted here", deleted.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(state));
        Directory.Delete(Path.Combine(installation.StateDirectory, "lock"));
        Assert.True(Assert.IsType<CollectedResult.Deleted>(await client.DeleteCollectedAsync()).Before);
    }

    private static TestInstallation Installation(TestServer server) => new(server.Http2, server.Time);

    private static async Task SendAsync(TelemetryClient client) => Assert.IsType<SendResult.Sent>(await Patience.For(client.SendNowAsync(), "the send ends"));

    /// <summary>In base64; null when there is none.</summary>
    private static string? SecretOf(TestInstallation installation) =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(installation.StateDirectory, "state.json"))).TryGetProperty("ownership", out var ownership)
            ? ownership.GetProperty("secret").GetString()
            : null;

    private static DefaultHttpContext WithoutAnswer(HttpContext context)
    {
        var apart = new DefaultHttpContext();
        (apart.Request.Path, apart.Request.Body, apart.Request.ContentType) = (context.Request.Path, context.Request.Body, context.Request.ContentType);
        return apart;
    }
}
