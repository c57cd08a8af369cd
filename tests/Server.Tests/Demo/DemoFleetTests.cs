using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Telemetry.Schema;
using Telemetry.Server.Admin;
using Telemetry.Server.Hosting;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Tests.Demo;

public sealed class DemoFleetTests
{
    [Fact]
    public async Task The_demo_fleet_registers_an_app_of_its_own_and_reports_for_all_apps_over_real_gRPC()
    {
        var directory = Directory.CreateTempSubdirectory("telemetry-demo-");
        try
        {
            await using var app = ServerHost.Build(
                CommandLine.Parse(["--data", directory.FullName, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--demo"]),
                builder => builder.Logging.ClearProviders());
            await app.StartAsync();
            var store = app.Services.GetRequiredService<ITelemetryStore>();
            for (var number = 0; number < 20; number++)
            {
                await store.WaitForEventAfterAsync(number, CancellationToken.None).WaitAsync(Patience.Limit);
            }

            var apps = app.Services.GetRequiredService<AppRegistry>();
            var own = Assert.Single(apps.All, schema => !AppRegistry.IsBuiltIn(schema.App));
            Assert.Equal(1, apps.FindContract(own.App)!.Revision);
            Assert.Equal(6, apps.All.Count);
            Assert.Equal(
                apps.All.Select(schema => schema.App),
                store.ReadInstances().Select(state => state.Schema.App).Distinct().Order(StringComparer.Ordinal));
            // What it registers with is good for nobody else, and kept nowhere.
            Assert.False(app.Services.GetRequiredService<AdminTokens>().Any);
            Assert.False(app.Services.GetRequiredService<IAdminTokenVerifier>().IsKnown(""));
            Assert.False(app.Services.GetRequiredService<IAdminTokenVerifier>().IsKnown(AdminTokens.Make()));
            await app.StopAsync();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
