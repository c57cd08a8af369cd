using System.Net;
using System.Text.RegularExpressions;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

public sealed partial class HeaderTests
{
    [Fact]
    public async Task Every_answer_is_kept_nowhere_framed_nowhere_and_loads_nothing()
    {
        await using var host = await SupportHost.StartAsync();
        using var browser = host.Open();

        using var look = await browser.GetAsync();
        using var act = await browser.SubmitAsync(("action", "switch"), ("mode", "off"));
        using var refused = await browser.PostAsync(new FormUrlEncodedContent([]));

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.SeeOther, HttpStatusCode.BadRequest],
            [look.StatusCode, act.StatusCode, refused.StatusCode]);
        Assert.All([look, act, refused], response =>
        {
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Matches(Policy(), policy);
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
            Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        });
    }

    [Fact]
    public async Task The_style_sheet_carries_this_answers_nonce_and_nothing_else_needs_one()
    {
        await using var host = await SupportHost.StartAsync();
        using var browser = host.Open();

        using var first = await browser.GetAsync();
        using var second = await browser.GetAsync();
        var markup = await first.Content.ReadAsStringAsync();

        Assert.Contains($"<style nonce=\"{NonceOf(first)}\">", WebUtility.HtmlDecode(markup), StringComparison.Ordinal);
        Assert.NotEqual(NonceOf(first), NonceOf(second));
        Assert.DoesNotMatch(Forbidden(), markup);
    }

    private static string NonceOf(HttpResponseMessage response) =>
        Policy().Match(response.Headers.GetValues("Content-Security-Policy").Single()).Groups[1].Value;

    [GeneratedRegex("^default-src 'none'; style-src 'nonce-([A-Za-z0-9+/=]{24})'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$")]
    private static partial Regex Policy();

    [GeneratedRegex("<script|<link|<img|<iframe| style=| src=| on[a-z]+=", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();
}
