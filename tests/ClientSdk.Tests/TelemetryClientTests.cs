using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Telemetry.Client;
using Telemetry.Client.Schedule;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Tests;

public sealed class TelemetryClientTests
{
    [Fact]
    public async Task A_report_by_hand_is_stored_and_everything_about_it_is_remembered()
    {
        await using var server = await TestServer.StartAsync();
        using var installation = new TestInstallation(AddressOf(server), server.Time);
        await using var client = installation.Client();

        var sent = Assert.IsType<SendResult.Sent>(await client.SendNowAsync());

        var status = client.GetStatus();
        Assert.Equal(server.Time.GetUtcNow(), status.LastSuccessAt);
        Assert.Equal(SendResultKind.Sent, status.LastOutcome);
        Assert.Equal(sent.Message, status.LastMessage);
        var entry = Assert.Single(client.GetHistory());
        Assert.Equal(sent.Receipt, entry.Receipt);
        Assert.Equal(sent.Receipt.Digest, entry.Digest);
        var stored = (await new AdminService.AdminServiceClient(server.Native).GetReportAsync(
            new GetReportRequest { Number = 1 }, server.Authorized)).Report.Report;
        Assert.Equal((SampleReports.App, 12u), (stored.App, stored.Users.Total));
        Assert.Equal(new Usage { Rooms = 0 }, stored.Usage.Unpack<Usage>());
    }

    [Fact]
    public async Task The_schedule_reports_once_a_day_and_goes_on_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        using var installation = new TestInstallation(AddressOf(server));
        var first = installation.Time.GetUtcNow() + ReportSchedule.Peace
            + ReportJitter.Of(SampleReports.HashOf("https://cloud.example.org"), SampleReports.App);

        for (var day = 0; day < 3; day++)
        {
            Assert.IsType<SendResult.Sent>(await RunUntilReportedAsync(installation));
            server.Time.Advance(TimeSpan.FromDays(1));
        }

        await using var client = installation.Client();
        Assert.Equal([first.AddDays(2), first.AddDays(1), first], client.GetHistory().Select(entry => entry.At));
        Assert.Equal(first.AddDays(3), client.GetStatus().NextAttemptAt);
        Assert.Equal(3, server.Store.Current.Number);
    }

    [Fact]
    public async Task A_clock_that_was_years_ahead_at_installation_is_got_over()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        var ahead = new TestInstallation(
            new Uri("http://127.0.0.1:1"),
            new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2038, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        ahead.Options.StateDirectory = installation.StateDirectory;
        await using (var early = ahead.Client())
        {
            await early.PreviewAsync();
        }

        Assert.IsType<SendResult.Unreachable>(await RunUntilReportedAsync(installation));

        await using var client = installation.Client();
        Assert.InRange(client.GetHistory()[0].At.Year, 2026, 2026);
    }

    [Fact]
    public async Task Of_two_processes_of_an_installation_one_makes_the_scheduled_attempt()
    {
        await using var server = await TestServer.StartAsync();
        using var installation = new TestInstallation(AddressOf(server));
        await using var one = installation.Client();
        await using var two = installation.Client();
        one.Start();
        two.Start();
        await installation.Steps.AsleepAsync(schedules: 2);

        await StepForAsync(installation, TimeSpan.FromHours(20), schedules: 2);

        Assert.Single(one.GetHistory());
        Assert.Equal(1, server.Store.Current.Number);
    }

    [Fact]
    public async Task A_failed_report_waits_silently_for_the_next_day()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));

        var result = await RunUntilReportedAsync(installation);

        Assert.IsType<SendResult.Unreachable>(result);
        await using var client = installation.Client();
        var status = client.GetStatus();
        Assert.Null(status.LastSuccessAt);
        Assert.Equal(status.LastAttemptAt!.Value.AddDays(1), status.NextAttemptAt);
        Assert.Equal(SendResultKind.Unreachable, Assert.Single(client.GetHistory()).Outcome);
    }

    [Fact]
    public async Task While_off_nothing_is_sent_and_a_report_by_hand_switches_nothing_on()
    {
        using var counter = new TcpListener(IPAddress.Loopback, 0);
        counter.Start();
        using var installation = new TestInstallation(AddressOf(counter));
        await using var client = installation.Client();
        await client.SetModeAsync(ReportingMode.Off);

        var refused = Assert.IsType<SendResult.Disabled>(await client.SendNowAsync());

        Assert.Equal(ConsentSource.Administrator, refused.Consent.Source);
        Assert.Contains("an administrator chose so", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ReportingMode.Off, client.GetStatus().Consent.Mode);
        Assert.Null(client.GetStatus().NextAttemptAt);
        Assert.False(counter.Pending());
        Assert.Equal(0, installation.Collected);
        Assert.Empty(client.GetHistory());
    }

    [Fact]
    public async Task Local_collects_for_the_administrator_to_see_and_sends_nothing()
    {
        using var counter = new TcpListener(IPAddress.Loopback, 0);
        counter.Start();
        using var installation = new TestInstallation(AddressOf(counter));
        await using var client = installation.Client();
        await client.SetModeAsync(ReportingMode.Local);
        var collected = new TaskCompletionSource();
        installation.Collector = _ =>
        {
            collected.TrySetResult();
            return ValueTask.FromResult(new UsageSnapshot<Usage> { Users = new Users { Total = 3 } });
        };
        client.Start();

        await Patience.For(collected.Task, "the report is collected");
        await StepForAsync(installation, TimeSpan.FromDays(3));

        Assert.False(counter.Pending());
        Assert.IsType<SendResult.Disabled>(await client.SendNowAsync());
        using var tool = installation.Tool()!;
        Assert.Equal(3u, (await tool.PreviewAsync()).Report.Users.Total);
    }

    [Theory]
    [InlineData("DO_NOT_TRACK")]
    [InlineData("ROOMVOX_TELEMETRY_OPTOUT")]
    public async Task Switched_off_by_the_environment_a_started_client_touches_nothing(string variable)
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        installation.Variables[variable] = "1";
        await using var client = installation.Client();
        client.Start();

        installation.Time.Advance(TimeSpan.FromDays(3));

        Assert.Equal(0, installation.Collected);
        Assert.False(Directory.Exists(installation.StateDirectory));
        var consent = await client.SetModeAsync(ReportingMode.On);
        Assert.Equal((ReportingMode.Off, ConsentSource.Environment), (consent.Mode, consent.Source));
        Assert.Contains(variable, consent.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_off_in_one_process_ends_a_send_of_another_within_a_second()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var installation = new TestInstallation(AddressOf(silent));
        await using var client = installation.Client();
        await client.PreviewAsync();
        var sending = client.SendNowAsync();
        using var connection = await RawServer.ReceiveReportAsync(silent);

        using var tool = installation.Tool()!;
        await tool.SetModeAsync(ReportingMode.Off);
        installation.Time.Advance(TimeSpan.FromSeconds(1));

        var result = Assert.IsType<SendResult.MayHaveArrived>(await Patience.For(sending, "the send ends"));
        Assert.Contains("may have arrived. Off, because an administrator chose so", result.Message, StringComparison.Ordinal);
        Assert.Equal(SendResultKind.MayHaveArrived, client.GetStatus().LastOutcome);
        Assert.Empty(Directory.GetFiles(installation.StateDirectory, "next-report*"));
        Assert.DoesNotContain("\"open\"", File.ReadAllText(Path.Combine(installation.StateDirectory, "state.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_off_while_the_app_counts_leaves_nothing_and_connects_nowhere()
    {
        using var counter = new TcpListener(IPAddress.Loopback, 0);
        counter.Start();
        using var installation = new TestInstallation(AddressOf(counter));
        await using var client = installation.Client();
        await client.PreviewAsync();
        installation.Collector = async cancellation =>
        {
            await client.SetModeAsync(ReportingMode.Off, cancellation);
            return new UsageSnapshot<Usage> { Usage = new Usage { Rooms = 0 } };
        };

        var result = Assert.IsType<SendResult.Disabled>(await client.SendNowAsync());

        Assert.Equal(ReportingMode.Off, result.Consent.Mode);
        Assert.False(counter.Pending());
        Assert.Empty(Directory.GetFiles(installation.StateDirectory, "next-report*"));
        Assert.Empty(client.GetHistory());
    }

    [Fact]
    public async Task A_host_that_stops_waits_for_a_stuck_collector_for_50_ms_and_no_longer()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        var stuck = new TaskCompletionSource();
        installation.Collector = async _ =>
        {
            stuck.TrySetResult();
            await new TaskCompletionSource().Task;
            return new UsageSnapshot<Usage>();
        };
        var client = installation.Client();
        client.Start();
        await Patience.For(stuck.Task, "the collector is stuck");

        var stopping = client.DisposeAsync().AsTask();
        installation.Time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(stopping.IsCompleted);
        installation.Time.Advance(TimeSpan.FromMilliseconds(1));

        await Patience.For(stopping, "the host stops");
    }

    [Fact]
    public async Task A_collector_that_fails_costs_the_host_nothing_and_its_text_is_not_repeated()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        installation.Collector = _ => throw new InvalidOperationException("room of Dr. Smith");
        await using var client = installation.Client();

        var result = Assert.IsType<SendResult.NotPrepared>(await client.SendNowAsync());

        Assert.Contains("InvalidOperationException", result.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Smith", result.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<ReportNotPreparedException>(() => client.PreviewAsync());
        Assert.Equal(result.Message, refused.Message);
        Assert.Equal(result.Message, client.GetStatus().LastMessage);
        Assert.Contains(installation.Logs.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains(result.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mistake_that_nobody_foresaw_is_a_result_and_an_error_in_the_log_and_never_the_hosts()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        installation.Options.HttpHandlerFactory = () => throw new InvalidOperationException("room of Dr. Smith");
        await using var client = installation.Client();

        var result = Assert.IsType<SendResult.NotPrepared>(await client.SendNowAsync());

        Assert.Equal("The report could not be sent (InvalidOperationException). The app's log says more.", result.Message);
        var error = Assert.Single(installation.Logs.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains("mistake in the SDK", error.Text, StringComparison.Ordinal);
        // Nothing is held: the next one is tried.
        Assert.IsType<SendResult.NotPrepared>(await client.SendNowAsync());
    }

    [Fact]
    public async Task A_handler_that_throws_does_not_end_the_schedule()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        await using var client = installation.Client();
        var results = 0;
        client.Reported += (_, _) =>
        {
            results++;
            throw new InvalidOperationException("the host's own mistake");
        };
        client.Start();
        await installation.Steps.AsleepAsync();

        await StepForAsync(installation, TimeSpan.FromDays(3));

        Assert.Equal(3, results);
    }

    [Fact]
    public async Task A_state_directory_that_cannot_be_written_is_a_result_and_nothing_is_sent()
    {
        using var counter = new TcpListener(IPAddress.Loopback, 0);
        counter.Start();
        using var installation = new TestInstallation(AddressOf(counter));
        // A file where the directory should be: binds every user.
        File.WriteAllText(installation.StateDirectory, "");
        await using var client = installation.Client();
        client.Start();
        await installation.Steps.AsleepAsync();
        await StepForAsync(installation, TimeSpan.FromDays(2));

        var result = Assert.IsType<SendResult.NotPrepared>(await client.SendNowAsync());

        Assert.Contains(installation.StateDirectory, result.Message, StringComparison.Ordinal);
        Assert.False(counter.Pending());
        await Assert.ThrowsAsync<StateNotWrittenException>(() => client.SetModeAsync(ReportingMode.Off));
        await Assert.ThrowsAsync<ReportNotPreparedException>(() => client.PreviewAsync());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"reportSeed":"0b9f2c54-7a34-4b80-a7f7-0a4d5ee1c34b"}""")]
    public async Task A_choice_that_cannot_be_read_counts_as_off_until_it_is_made_anew(string content)
    {
        using var counter = new TcpListener(IPAddress.Loopback, 0);
        counter.Start();
        using var installation = new TestInstallation(AddressOf(counter));
        Directory.CreateDirectory(installation.StateDirectory);
        var file = Path.Combine(installation.StateDirectory, "state.json");
        File.WriteAllText(file, content);
        await using var client = installation.Client();

        var refused = Assert.IsType<SendResult.Disabled>(await client.SendNowAsync());

        Assert.Equal(ConsentSource.UnusableState, refused.Consent.Source);
        Assert.Equal(content, File.ReadAllText(file));
        Assert.False(counter.Pending());
        Assert.Equal(ReportingMode.On, (await client.SetModeAsync(ReportingMode.On)).Mode);
    }

    [Fact]
    public async Task The_key_is_sent_and_kept_nowhere()
    {
        const string Key = "RVOX-SECRET-KEY-OF-THIS-INSTALLATION";
        await using var server = await TestServer.StartAsync();
        using var installation = new TestInstallation(AddressOf(server), server.Time);
        installation.Collector = _ => ValueTask.FromResult(new UsageSnapshot<Usage>
        {
            Subscription = new Subscription { ExtendedSupport = true, Key = Key },
            Usage = new Usage { Rooms = 0 },
        });
        await using var client = installation.Client();
        var preview = await client.PreviewAsync();

        var sent = Assert.IsType<SendResult.Sent>(await client.SendNowAsync());

        Assert.Equal(ClaimVerdict.Unverified, sent.Receipt.Verdict);
        Assert.Contains(Key, System.Text.Encoding.UTF8.GetString(preview.Bytes.Span), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, preview.Json, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(installation.StateDirectory), file =>
            Assert.DoesNotContain(Key, File.ReadAllText(file), StringComparison.Ordinal));
        using var without = installation.Tool()!;
        Assert.IsType<SendResult.NotPrepared>(await without.SendNowAsync());
        server.Time.Advance(TimeSpan.FromHours(2));
        using var with = installation.Tool(Key)!;
        Assert.IsType<SendResult.Sent>(await with.SendNowAsync());
    }

    [Fact]
    public async Task The_record_holds_the_last_100_attempts_the_latest_first()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        await using var client = installation.Client();
        var sent = new List<string>();
        for (var attempt = 0; attempt < 103; attempt++)
        {
            sent.Insert(0, (await client.PreviewAsync()).Digest);
            await client.SendNowAsync();
        }

        Assert.Equal(sent.Take(100), client.GetHistory().Select(entry => entry.Digest));
    }

    [Fact]
    public void Options_that_are_wrong_are_named_all_at_once()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        installation.Options.AppVersion = "next";
        installation.Options.Server = new Uri("ftp://example.org");
        installation.Options.Timeout = TimeSpan.Zero;

        var wrong = Assert.Throws<ArgumentException>(installation.Client);

        Assert.All(["AppVersion", "Server", "Timeout"], name => Assert.Contains(name, wrong.Message, StringComparison.Ordinal));
    }

    private static Uri AddressOf(TestServer server) => new("http://" + server.Native.Target);

    private static Uri AddressOf(TcpListener listener) => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Runs one process of the app until it reported, as a host does.</summary>
    private static async Task<SendResult> RunUntilReportedAsync(TestInstallation installation)
    {
        await using var client = installation.Client();
        var reported = new TaskCompletionSource<SendResult>();
        client.Reported += (_, result) => reported.TrySetResult(result);
        client.Start();
        await StepUntilAsync(installation, reported.Task);
        return await reported.Task;
    }

    private static async Task StepUntilAsync(TestInstallation installation, Task done, int schedules = 1)
    {
        await installation.Steps.StepUntilAsync(done, "the schedule gets there", schedules);
        await installation.Steps.AsleepAsync(schedules);
    }

    private static async Task StepForAsync(TestInstallation installation, TimeSpan span, int schedules = 1)
    {
        for (var end = installation.Time.GetUtcNow() + span; installation.Time.GetUtcNow() < end;)
        {
            await installation.Steps.StepAsync(schedules);
        }

        await installation.Steps.AsleepAsync(schedules);
    }
}
