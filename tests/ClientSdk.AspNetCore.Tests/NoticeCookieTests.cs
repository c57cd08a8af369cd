using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Telemetry.Client.AspNetCore;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

public sealed class NoticeCookieTests
{
    private readonly NoticeCookie _cookie = new(new EphemeralDataProtectionProvider());

    [Fact]
    public void A_notice_comes_back_as_it_was()
    {
        var notice = new Notice(true, "Report sent", "It is stored. „Ja“") { Details = [new("Position", "1:2")] };

        var back = _cookie.Take(Next(Keep(notice)));

        Assert.Equivalent(notice, back, strict: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("Zm9yZ2Vk")]
    public void What_was_not_made_here_is_not_shown(string forged) => Assert.Null(_cookie.Take(Next(forged)));

    [Fact]
    public void Another_hosts_notice_is_not_shown() =>
        Assert.Null(new NoticeCookie(new EphemeralDataProtectionProvider()).Take(Next(Keep(Notice.Agreed))));

    [Fact]
    public void A_long_notice_fits_into_a_cookie_and_says_what_it_leaves_out()
    {
        var notice = new Notice(false, "Rejected by the server", new string('ü', 9000))
        {
            Violations = [.. Enumerable.Range(0, 200).Select(i => new NoticeDetail($"field.number_{i}", "must be shorter"))],
        };

        var value = Keep(notice);
        var back = _cookie.Take(Next(value))!;

        Assert.InRange(value.Length, 1, 3900);
        Assert.Equal(200, back.Violations.Count + back.MoreViolations);
        Assert.EndsWith("…", back.Message, StringComparison.Ordinal);
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(back).Length, 1, NoticeCookie.LargestNotice);
    }

    private string Keep(Notice notice)
    {
        var context = new DefaultHttpContext { Request = { Path = "/telemetry" } };
        _cookie.Keep(context, notice);
        var header = context.Response.Headers.SetCookie.ToString();
        Assert.Contains("; path=/telemetry; samesite=strict; httponly", header, StringComparison.Ordinal);
        return header.Split('=', 2)[1].Split(';')[0];
    }

    private static DefaultHttpContext Next(string value) => new()
    {
        Request = { Path = "/telemetry", Headers = { Cookie = "telemetry-result=" + value } },
    };
}
