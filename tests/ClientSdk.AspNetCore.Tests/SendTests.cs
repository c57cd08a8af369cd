using Telemetry.Client;
using Telemetry.Client.AspNetCore;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

public sealed class SendTests
{
    [Fact]
    public async Task A_sent_report_is_the_one_that_was_shown_and_a_second_is_too_soon()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        using var browser = host.Open();
        var shown = (await host.Client.PreviewAsync()).Digest;
        Assert.Contains(shown, await browser.ReadAsync(), StringComparison.Ordinal);

        var first = await browser.SendAsync();
        var second = await browser.SendAsync();

        Assert.Equal(1, server.Store.Current.Number);
        Assert.Contains("Report sent The server stored the report at 2026-11-20 12:00:00 UTC", first, StringComparison.Ordinal);
        Assert.Equal(shown, host.Client.GetHistory()[^1].Receipt?.Digest);
        Assert.Equal(2, first.Split(shown).Length - 1);
        Assert.Contains("Not sent: too soon", second, StringComparison.Ordinal);
        Assert.Contains("Welcome again 2026-11-20 13:00:00 UTC", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_presses_of_one_button_are_one_report_with_one_result()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        var desk = new SupportDesk(host.Client, host.Time, CancellationToken.None);

        var first = await Patience.For(desk.ActAsync(new SupportCommand.Send("button")), "the first press is answered");
        var second = await Patience.For(desk.ActAsync(new SupportCommand.Send("button")), "the second press is answered");
        var other = await Patience.For(desk.ActAsync(new SupportCommand.Send("another page's button")), "it is answered");

        Assert.Equal(("Report sent", "Report sent", "Not sent: too soon"), (first.Title, second.Title, other.Title));
        Assert.Equal(first.Details, second.Details);
    }

    [Fact]
    public async Task A_result_is_shown_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        using var browser = host.Open();

        var result = await browser.SendAsync();
        var later = await browser.ReadAsync();

        Assert.Contains("Number in the server's log", result, StringComparison.Ordinal);
        Assert.DoesNotContain("Number in the server's log", later, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReportingMode.Local)]
    [InlineData(ReportingMode.Off)]
    public async Task Sending_switches_nothing_on(ReportingMode mode)
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        await host.Client.SetModeAsync(mode);
        using var browser = host.Open();

        var page = await browser.SendAsync();

        Assert.Contains("Not sent: reports are not on Nothing was sent.", page, StringComparison.Ordinal);
        Assert.Contains("because an administrator chose so", page, StringComparison.Ordinal);
        Assert.Equal(mode, host.Client.GetStatus().Choice);
        Assert.Equal(0, server.Store.Current.Number);
    }

    [Fact]
    public async Task A_rejected_report_is_shown_with_every_broken_rule()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        host.Collector.Count = _ => Task.FromResult(new UsageSnapshot<Usage>
        {
            Users = new Users { Total = 200_000_000 },
            Usage = new Usage { Rooms = 200_000_000 },
        });
        using var browser = host.Open();

        var page = await browser.SendAsync();

        Assert.Contains("Rejected by the server", page, StringComparison.Ordinal);
        var notice = page[..page.IndexOf("Switch", StringComparison.Ordinal)];
        Assert.Contains("users. total", notice, StringComparison.Ordinal);
        Assert.Contains("usage. rooms", notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_with_where_to_look()
    {
        await using var host = await SupportHost.StartAsync();
        using var browser = host.Open();

        var page = await browser.SendAsync();

        Assert.Contains("Server not reached Nothing listens at http://127.0.0.1:1: the connection was refused.", page, StringComparison.Ordinal);
        Assert.Contains("Cause the connection was refused", page, StringComparison.Ordinal);
        Assert.Contains("Last report stored none yet", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_busy_server_is_told_with_when_to_try_again()
    {
        var at = new DateTimeOffset(2026, 11, 20, 12, 5, 0, TimeSpan.Zero);

        var page = Show(new SendResult.Busy("The server has much to do.", at));

        Assert.Contains("Not sent: the server is busy The server has much to do.", page, StringComparison.Ordinal);
        Assert.Contains("Worth trying again 2026-11-20 12:05:00 UTC", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_failed_is_quoted() => Assert.Contains(
        "The server failed Ask for incident 17.", Show(new SendResult.ServerFailed("Ask for incident 17.")), StringComparison.Ordinal);

    /// <summary>Shows a result that a server gives only in distress.</summary>
    private static string Show(SendResult result) => Browser.TextOf(
        Client.AspNetCore.Page.NoticePart.Of(Client.AspNetCore.SendNotice.Of(result)).ToString());
}
