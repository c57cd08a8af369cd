using System.Runtime.Versioning;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using Microsoft.JSInterop;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Live;

namespace Telemetry.Dashboard;

[SupportedOSPlatform("browser")]
internal static class Program
{
    private static async Task Main(string[] args)
    {
        var builder = WebAssemblyHostBuilder.CreateDefault(args);
        builder.RootComponents.Add<Root>("#app");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        // The first of all: it takes the token out of the address.
        var browser = await LoadBrowserAsync(builder);
        var session = new Session(browser);
        await BrowserFetching.LoadAsync();
        var server = new BrowserFetching();
        builder.Services
            .AddSingleton(browser)
            .AddSingleton(session)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(Words.For(browser.Language))
            .AddSingleton(new FleetClient(session, server))
            .AddSingleton<Rights>()
            .AddSingleton<Catalog>()
            .AddSingleton<Names>()
            .AddSingleton<Pulse>()
            .AddSingleton<Shell.Finder>()
            .AddSingleton<IFetching>(server);
        await builder.Build().RunAsync();
    }

    private static async Task<Browser> LoadBrowserAsync(WebAssemblyHostBuilder builder)
    {
        await using var services = builder.Services.BuildServiceProvider();
        return await Browser.LoadAsync(services.GetRequiredService<IJSRuntime>());
    }
}
