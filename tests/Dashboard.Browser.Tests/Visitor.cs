using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>Somebody with a browser of his own: what he opens, and what the console said meanwhile.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    /// <summary>Reached only by what never happens, on a machine that has other work and with an app that was not published.</summary>
    public const int Patience = 60_000;

    private static readonly string[] Streams = ["/StreamEvents", "/WatchQuery"];

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _console = new();
    private readonly ConcurrentDictionary<IRequest, bool> _asked = new();
    private readonly ConcurrentDictionary<IRequest, bool> _streams = new();

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
        page.PageError += (_, error) => _console.Enqueue("exception: " + error);
        page.Request += (_, request) =>
        {
            Requests.Enqueue(request.Url);
            if (request.Method == "POST")
            {
                (IsStream(request) ? _streams : _asked)[request] = true;
            }
        };
        page.RequestFinished += (_, request) => End(request);
        page.RequestFailed += (_, request) => End(request);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings so far, and what the policy did not let through.</summary>
    public IReadOnlyCollection<string> Console => _console;

    /// <summary>Every address that was asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>How many streams of the page are open.</summary>
    public int OpenStreams => _streams.Count;

    public static async Task<Visitor> ComeAsync(IBrowser browser, ColorScheme colors = ColorScheme.Light, string language = "en-US")
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ColorScheme = colors, Locale = language, ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(Patience);
        await context.AddInitScriptAsync("addEventListener('securitypolicyviolation', event => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))");
        return new Visitor(context, await context.NewPageAsync());
    }

    /// <summary>The same person, in another tab.</summary>
    public async Task<Visitor> AnotherTabAsync() => new(_context, await _context.NewPageAsync());

    /// <summary>Signs in by the link that the server printed.</summary>
    public async Task SignInAsync(string address, string token, string path = "/")
    {
        await Page.GotoAsync($"{address}{path}#token={token}");
        await SettleAsync();
    }

    /// <summary>Loads a page anew.</summary>
    public async Task OpenAsync(string url)
    {
        await Page.GotoAsync(url);
        await SettleAsync();
    }

    /// <summary>Goes to another page within the app, as a link does.</summary>
    public async Task GoAsync(string path)
    {
        // The heading of the page before is not the one that is waited for.
        await Page.EvaluateAsync("path => { document.querySelector('main h1')?.setAttribute('data-left', ''); Blazor.navigateTo(path); }", path);
        await Page.Locator("main h1:not([data-left])").First.WaitForAsync();
        await SettleAsync();
    }

    /// <summary>Waits until the page says what it is, and everything that it asked is answered and drawn.</summary>
    public async Task SettleAsync()
    {
        await Page.Locator("main h1:not(.sr)").First.WaitForAsync();
        do
        {
            await Testing.Patience.Until(() => _asked.IsEmpty, "the page's questions are answered: " + string.Join(", ", _asked.Keys.Select(request => request.Url)), TimeSpan.FromMilliseconds(Patience));
            // The app draws what came before it lets go of the thread; two frames later it is seen.
            await Page.EvaluateAsync("() => new Promise(seen => requestAnimationFrame(() => requestAnimationFrame(seen)))");
            await Page.WaitForFunctionAsync("() => !document.querySelector('.skeleton, .panel .loading')");
        }
        while (!_asked.IsEmpty);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private static bool IsStream(IRequest request) => Streams.Any(stream => request.Url.EndsWith(stream, StringComparison.Ordinal));

    private void End(IRequest request)
    {
        _asked.TryRemove(request, out _);
        _streams.TryRemove(request, out _);
    }
}
