using Telemetry.Client;
using Telemetry.Client.AspNetCore;
using Telemetry.Contracts.Apps.RoomVox.V1;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

public sealed class TroubleTests
{
    [Fact]
    public async Task A_state_directory_that_cannot_be_written_is_said_in_every_answer()
    {
        var file = Path.GetTempFileName();
        try
        {
            await using var host = await SupportHost.StartAsync(
                configure: options => options.StateDirectory = Path.Combine(file, "state"));
            using var browser = host.Open();

            var look = await browser.ReadAsync();
            var switched = await browser.SwitchAsync("off");
            var sent = await browser.SendAsync();

            Assert.Contains("Off, because what was decided cannot be kept: The state directory", look, StringComparison.Ordinal);
            Assert.Contains("Not saved The state directory", switched, StringComparison.Ordinal);
            Assert.Contains("No report to send The state directory", sent, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_damaged_state_file_is_mended_by_deciding_again()
    {
        await using var host = await SupportHost.StartAsync();
        await host.Client.SetModeAsync(ReportingMode.On);
        await File.WriteAllTextAsync(Path.Combine(host.StateDirectory, "state.json"), "{");
        using var browser = host.Open();

        var look = await browser.ReadAsync();
        var switched = await browser.SwitchAsync("on");

        Assert.Contains("state.json is damaged", look, StringComparison.Ordinal);
        Assert.Contains("Saved On, because an administrator chose so", switched, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_fails_is_named_by_its_exceptions_type_only()
    {
        await using var host = await SupportHost.StartAsync();
        host.Collector.Count = _ => throw new InvalidDataException("the text of a customer");
        using var browser = host.Open();

        var look = await browser.ReadAsync();
        var sent = await browser.SendAsync();

        Assert.All([look, sent], page =>
        {
            Assert.Contains("InvalidDataException", page, StringComparison.Ordinal);
            Assert.DoesNotContain("the text of a customer", page, StringComparison.Ordinal);
        });
        Assert.Contains("No report to send", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_does_not_answer_costs_the_values_not_the_page()
    {
        await using var host = await SupportHost.StartAsync();
        var never = new TaskCompletionSource<UsageSnapshot<Usage>>();
        var asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Collector.Count = cancellation =>
        {
            asked.TrySetResult(true);
            return never.Task.WaitAsync(cancellation);
        };
        using var browser = host.Open();

        var page = browser.ReadAsync();
        await Patience.For(asked.Task, "the collector is asked");
        // More than once: the client asks too when it starts, and then the page's own patience begins later.
        var came = await Patience.For(page, () => host.Time.Advance(SupportDesk.PreviewPatience), "the page comes");

        Assert.Contains("did not count its usage within 10 seconds", came, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[null, {}]")]
    public async Task A_damaged_record_of_reports_costs_the_history_not_the_page(string record)
    {
        await using var host = await SupportHost.StartAsync();
        await host.Client.PreviewAsync();
        await File.WriteAllTextAsync(Path.Combine(host.StateDirectory, "sent.json"), record);
        using var browser = host.Open();

        Assert.Contains("Server not reached", await browser.SendAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_stops_is_not_kept_waiting_by_a_report()
    {
        await using var host = await SupportHost.StartAsync();
        using var stopping = new CancellationTokenSource();
        var never = new TaskCompletionSource<UsageSnapshot<Usage>>();
        host.Collector.Count = _ => never.Task;

        var acting = new SupportDesk(host.Client, host.Time, stopping.Token).ActAsync(new SupportCommand.Send("1"));
        await stopping.CancelAsync();

        Assert.Same(Notice.Stopping, await Patience.For(acting, "the desk answers"));
        await EndAsync(never, host);
    }

    [Fact]
    public async Task A_report_that_takes_too_long_goes_on_without_the_administrator()
    {
        await using var host = await SupportHost.StartAsync(
            configure: options => options.CollectTimeout = TimeSpan.FromMinutes(5));
        var never = new TaskCompletionSource<UsageSnapshot<Usage>>();
        host.Collector.Count = _ => never.Task;

        var acting = new SupportDesk(host.Client, host.Time, CancellationToken.None).ActAsync(new SupportCommand.Send("1"));
        host.Time.Advance(SupportDesk.SendPatience);

        Assert.Same(Notice.StillSending, await Patience.For(acting, "the desk answers"));
        await EndAsync(never, host);
    }

    /// <summary>An attempt goes on when nobody waits for it, and must end before its directory goes: one more ends after it.</summary>
    private static async Task EndAsync(TaskCompletionSource<UsageSnapshot<Usage>> never, SupportHost host)
    {
        never.SetCanceled();
        Assert.IsType<SendResult.NotPrepared>(await Patience.For(host.Client.SendNowAsync(), "the attempt ends"));
    }
}
