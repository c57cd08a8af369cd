using Microsoft.Playwright;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>The browser's developer tools on one page.</summary>
internal sealed class Tools : IAsyncDisposable
{
    private readonly IPage _page;
    private readonly ICDPSession _session;

    private Tools(IPage page, ICDPSession session) => (_page, _session) = (page, session);

    public static async Task<Tools> OpenAsync(IPage page) => new(page, await page.Context.NewCDPSessionAsync(page));

    /// <summary>Bytes that the page holds after everything that can go is gone: the script's objects, and the app's whole memory, which never shrinks.</summary>
    public async Task<(long Script, long App)> MemoryAsync()
    {
        await _session.SendAsync("HeapProfiler.collectGarbage");
        var heap = await _session.SendAsync("Runtime.getHeapUsage");
        return ((long)heap!.Value.GetProperty("usedSize").GetDouble(), await _page.EvaluateAsync<long>("globalThis.getDotnetRuntime(0).localHeapViewU8().byteLength"));
    }

    public async ValueTask DisposeAsync() => await _session.DetachAsync();
}
