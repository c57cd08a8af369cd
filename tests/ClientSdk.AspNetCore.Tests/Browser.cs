using System.Net;
using System.Text.RegularExpressions;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

/// <summary>Uses the page as a browser without JavaScript does: keeps cookies, sends the forms' hidden fields.</summary>
internal sealed partial class Browser : IDisposable
{
    private const string Page = "/telemetry";

    private readonly HttpClient _http;

    public Browser(Uri app, string? role)
    {
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = app };
        if (role is not null)
        {
            _http.DefaultRequestHeaders.Add(HeaderAuthentication.Header, role);
        }
    }

    public Task<HttpResponseMessage> GetAsync() => _http.GetAsync(new Uri(Page, UriKind.Relative));

    /// <summary>The page as a person reads it.</summary>
    public async Task<string> ReadAsync() => TextOf(await MarkupAsync());

    public async Task<string> MarkupAsync()
    {
        using var response = await GetAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    public async Task<HttpResponseMessage> PostAsync(HttpContent content)
    {
        using (content)
        {
            return await _http.PostAsync(new Uri(Page, UriKind.Relative), content);
        }
    }

    /// <summary>Fills in a form of the page and sends it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(params (string Name, string Value)[] fields)
    {
        var hidden = Hidden().Matches(await MarkupAsync())
            .Select(field => KeyValuePair.Create(field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value)))
            .DistinctBy(field => field.Key)
            .Where(field => fields.All(filled => filled.Name != field.Key));
        return await PostAsync(new FormUrlEncodedContent(
            [.. hidden, .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]));
    }

    /// <summary>Fills in a form, follows the redirect, and reads the page that comes.</summary>
    public async Task<string> ActAsync(params (string Name, string Value)[] fields)
    {
        using var response = await SubmitAsync(fields);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal(Page, response.Headers.Location?.OriginalString);
        return await ReadAsync();
    }

    public Task<string> SwitchAsync(string mode) => ActAsync(("action", "switch"), ("mode", mode));

    public Task<string> SendAsync() => ActAsync(("action", "send"));

    public void Dispose() => _http.Dispose();

    public static string TextOf(string markup) =>
        Blanks().Replace(WebUtility.HtmlDecode(Tags().Replace(Style().Replace(markup, ""), " ")), " ");

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();

    [GeneratedRegex("<style.*?</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
