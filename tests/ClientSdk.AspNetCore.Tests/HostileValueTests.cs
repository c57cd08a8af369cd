using Telemetry.Client.AspNetCore;
using Telemetry.Client.AspNetCore.Page;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

public sealed class HostileValueTests
{
    private const string Hostile = "</code></td><script>alert(\"1\")</script><img src='x' onerror='alert(2)'>&amp;";

    [Fact]
    public async Task Values_are_shown_as_text()
    {
        await using var server = await TestServer.StartAsync();
        await using var host = await SupportHost.StartAsync(server, options =>
        {
            options.Host.Country = Hostile;
            options.Host.Language = Hostile;
        });
        using var browser = host.Open();

        await browser.SendAsync();
        var markup = await browser.MarkupAsync();

        Assert.DoesNotContain("<script", markup, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", markup, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Hostile, System.Net.WebUtility.HtmlDecode(markup), StringComparison.Ordinal);
    }

    [Fact]
    public void A_servers_words_are_shown_as_text()
    {
        var result = new Client.SendResult.Rejected(Hostile, [new Client.FieldViolation { Field = Hostile, Description = Hostile }]);

        var markup = NoticePart.Of(SendNotice.Of(result)).ToString();

        Assert.DoesNotContain("<script", markup, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, System.Net.WebUtility.HtmlDecode(markup).Split(Hostile).Length);
    }

    [Fact]
    public void Every_hole_is_encoded_unless_it_is_markup()
    {
        var inner = Html.Of($"<b>{"<"}</b>");

        Assert.Equal(
            "<i title=\"&quot;&#x27;&lt;&gt;&amp;é\"><b>&lt;</b><b>&lt;</b>1,234</i>",
            Html.Of($"<i title=\"{"\"'<>&é"}\">{new[] { inner, inner }}{1234}</i>").ToString());
    }
}
