using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Telemetry.Client.AspNetCore;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

public sealed class AccessTests
{
    [Fact]
    public async Task Nobody_gets_in_without_being_signed_in()
    {
        await using var host = await SupportHost.StartAsync();
        using var browser = host.Open(role: null);

        using var look = await browser.GetAsync();
        using var act = await browser.PostAsync(new FormUrlEncodedContent([new("action", "send")]));

        Assert.Equal(HttpStatusCode.Unauthorized, look.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, act.StatusCode);
    }

    [Fact]
    public async Task The_page_calls_the_app_as_its_vendor_does()
    {
        await using var host = await SupportHost.StartAsync();
        using var browser = host.Open();

        var page = await browser.MarkupAsync();

        Assert.Contains("RoomVox</title>", page, StringComparison.Ordinal);
        Assert.Contains("<p>RoomVox 1.6.0 reports to ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_policy_decides_who_gets_in()
    {
        await using var host = await SupportHost.StartAsync(support: options => options.Policy = "Administrators");
        using var guest = host.Open(role: "guest");
        using var admin = host.Open(role: "admin");

        using var refused = await guest.GetAsync();

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("Usage reports", await admin.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everybody_gets_in_when_the_host_says_so_and_forged_forms_are_still_refused()
    {
        await using var host = await SupportHost.StartAsync(support: options => options.AllowAnonymous = true);
        using var browser = host.Open(role: null);

        using var forged = await browser.PostAsync(new FormUrlEncodedContent([new("action", "send")]));

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Contains("Saved", await browser.SwitchAsync("local"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "action=switch&mode=off&list=1")]
    [InlineData("application/x-www-form-urlencoded", "action=switch&mode=off&list=1&__RequestVerificationToken=forged")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nno form")]
    [InlineData("multipart/form-data", "no boundary")]
    [InlineData("application/json", "{\"action\":\"switch\",\"mode\":\"off\"}")]
    public async Task A_form_that_is_not_the_pages_own_changes_nothing(string type, string body)
    {
        await using var host = await SupportHost.StartAsync();
        using var browser = host.Open();
        await browser.MarkupAsync();
        var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        using var response = await browser.PostAsync(content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Nothing was done", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null(host.Client.GetStatus().Choice);
    }

    [Theory]
    [InlineData("action", "erase")]
    [InlineData("mode", "2")]
    [InlineData("list", "-1")]
    public async Task A_request_that_no_form_makes_changes_nothing(string field, string value)
    {
        await using var host = await SupportHost.StartAsync();
        using var browser = host.Open();
        (string, string)[] form = [("action", "switch"), ("mode", "off")];

        var page = await browser.ActAsync([.. form.Where(filled => filled.Item1 != field), (field, value)]);

        Assert.Contains("does not know that request", page, StringComparison.Ordinal);
        Assert.Null(host.Client.GetStatus().Choice);
    }

    [Fact]
    public async Task A_policy_and_everybody_at_once_is_a_mistake() =>
        await Assert.ThrowsAsync<ArgumentException>(() => SupportHost.StartAsync(support: options =>
        {
            options.Policy = "Administrators";
            options.AllowAnonymous = true;
        }));

    [Fact]
    public async Task A_host_that_lacks_services_is_told_which()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();

        var e = Assert.Throws<InvalidOperationException>(() => app.MapTelemetrySupport());

        Assert.Contains("AddTelemetry<TCollector>(...), AddAntiforgery(), AddAuthorization()", e.Message, StringComparison.Ordinal);
    }
}
