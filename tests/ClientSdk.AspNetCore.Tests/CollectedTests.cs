using System.Net;
using Telemetry.Client;
using Telemetry.Client.AspNetCore;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

/// <summary>What the server collected, shown and deleted from the page.</summary>
public sealed class CollectedTests
{
    [Fact]
    public async Task What_was_collected_comes_as_a_file_with_a_line_for_each_report()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        using var browser = host.Open();
        await browser.SendAsync();

        using var response = await browser.SubmitAsync(("action", "collected"));
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("application/jsonl", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("{\"instance\":", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("{\"report\":", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_deleted_only_when_that_is_confirmed_and_the_receipt_stays_on_the_page()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        using var browser = host.Open();
        await browser.SendAsync();

        var refused = await browser.ActAsync(("action", "delete"));
        Assert.Contains("Nothing was deleted", refused, StringComparison.Ordinal);
        Assert.Single(server.Store.ReadInstances());

        var page = await browser.ActAsync(("action", "delete"), ("confirm", "yes"));

        Assert.Contains("Deleted on the server Deleted: 1 report, 2026-11-20 12:00:00 UTC.", page, StringComparison.Ordinal);
        Assert.Empty(server.Store.ReadInstances());
        Assert.Equal(ReportingMode.On, host.Client.GetStatus().Consent.Mode);
        Assert.Contains(host.Client.GetStatus().LastDeletion!.Receipt, await browser.ReadAsync(), StringComparison.Ordinal);
        Assert.Contains("There is nothing to ask for", await browser.ActAsync(("action", "collected")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_are_switched_off_first_when_that_is_asked_for()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        using var browser = host.Open();
        await browser.SendAsync();

        var page = await browser.ActAsync(("action", "delete"), ("confirm", "yes"), ("off", "yes"));

        Assert.Contains("Deleted on the server", page, StringComparison.Ordinal);
        Assert.Equal(ReportingMode.Off, host.Client.GetStatus().Choice);
        Assert.DoesNotContain("Switch reports off first", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_presses_of_one_button_have_one_result()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        await host.Client.SendNowAsync();
        var desk = new SupportDesk(host.Client, host.Time, CancellationToken.None);
        var press = new SupportCommand.DeleteCollected("button", IsConfirmed: true, SwitchesOff: false);

        var first = await Patience.For(desk.ActAsync(press), "the first press is answered");
        var second = await Patience.For(desk.ActAsync(press), "the second press is answered");

        Assert.Equal(("Deleted on the server", "Deleted on the server"), (first.Title, second.Title));
    }

    [Fact]
    public async Task Neither_is_done_without_the_form_s_token_or_for_whoever_may_not_see_the_page()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server, support: options => options.Policy = "Administrators");
        using var browser = host.Open();
        using var visitor = host.Open(role: "user");
        await browser.SendAsync();
        foreach (var action in new[] { "collected", "delete" })
        {
            KeyValuePair<string, string>[] form = [new("action", action), new("confirm", "yes")];
            using var forged = await browser.PostAsync(new FormUrlEncodedContent(form));
            using var foreign = await visitor.PostAsync(new FormUrlEncodedContent(form));
            Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Forbidden), (forged.StatusCode, foreign.StatusCode));
        }

        Assert.Single(server.Store.ReadInstances());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server);
        using var browser = host.Open();
        await browser.SendAsync();
        await server.DisposeAsync();

        foreach (var action in new[] { "collected", "delete" })
        {
            var page = await browser.ActAsync(("action", action), ("confirm", "yes"));
            Assert.Contains("Server not reached Nothing listens at", page, StringComparison.Ordinal);
            Assert.Contains("Cause the connection was refused", page, StringComparison.Ordinal);
        }
    }
}
