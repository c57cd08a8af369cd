using Microsoft.Playwright;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>Somebody who has the app open already and only looks: one for all tests of a class.</summary>
public sealed class Reader(DashboardFixture fixture) : IAsyncLifetime
{
    private Visitor _visitor = null!;

    public async ValueTask InitializeAsync()
    {
        _visitor = await Visitor.ComeAsync(fixture.Browser);
        await _visitor.SignInAsync(fixture.Address, fixture.Token);
    }

    public async ValueTask DisposeAsync() => await _visitor.DisposeAsync();

    /// <summary>On a usual screen again.</summary>
    internal async Task<Visitor> LookAsync()
    {
        await _visitor.Page.SetViewportSizeAsync(1280, 900);
        await _visitor.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        return _visitor;
    }

    /// <summary>On a usual screen, at a page that he came to from another one, so that it is drawn anew, with its charts as charts.</summary>
    internal async Task<Visitor> OpenAsync(string path)
    {
        var visitor = await LookAsync();
        await visitor.GoAsync("/settings");
        await visitor.GoAsync(path);
        return visitor;
    }
}
