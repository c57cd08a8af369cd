using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>Somebody with a browser of his own: what he opens, and what the console said meanwhile.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    /// <summary>The app as it is built for tests is not trimmed and takes its time, on a machine that has other work.</summary>
    public const int Patience = 120_000;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _console = new();

    private Visitor(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _console.Enqueue($"{message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _console.Enqueue(error);
        page.Request += (_, request) => Requests.Enqueue(request.Url);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings so far.</summary>
    public IReadOnlyCollection<string> Console => _console;

    /// <summary>Every address that was asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<Visitor> ComeAsync(IBrowser browser, ColorScheme colors = ColorScheme.Light, string language = "en-US")
    {
        // The test that looks for violations adds a script of its own, which the page's policy would not let in.
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ColorScheme = colors, Locale = language, ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(Patience);
        return new Visitor(context, await context.NewPageAsync());
    }

    /// <summary>Signs in by the link that the server printed.</summary>
    public async Task SignInAsync(string address, string token, string path = "/")
    {
        await Page.GotoAsync($"{address}{path}#token={token}");
        await HeadingAsync();
    }

    public async Task OpenAsync(string url)
    {
        await Page.GotoAsync(url);
        await HeadingAsync();
    }

    /// <summary>Waits until the page says what it is, and every panel has its answer.</summary>
    public async Task HeadingAsync()
    {
        await Page.Locator("main h1:not(.sr)").First.WaitForAsync();
        await Page.WaitForFunctionAsync("() => !document.querySelector('.skeleton') && !document.querySelector('.panel .loading')");
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
