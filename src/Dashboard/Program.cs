using Microsoft.AspNetCore.Components.WebAssembly.Hosting;

namespace Telemetry.Dashboard;

internal static class Program
{
    private static async Task Main(string[] args)
    {
        var builder = WebAssemblyHostBuilder.CreateDefault(args);
        builder.RootComponents.Add<App>("#app");
        await builder.Build().RunAsync();
    }
}
