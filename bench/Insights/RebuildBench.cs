using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Telemetry.Server.Hosting;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Storage;

namespace Bench.Insights;

/// <summary>How fast a projection is made anew from a log: the demo's fleet, written and read as a server does.</summary>
internal static class RebuildBench
{
    public static async Task RunAsync(Table table)
    {
        var directory = Directory.CreateTempSubdirectory("telemetry-bench-rebuild-").FullName;
        try
        {
            var commandLine = CommandLine.Parse(["--demo", "--data", directory]);
            await DemoStart.PrepareAsync(commandLine, TimeProvider.System.GetUtcNow(), TextWriter.Null).ConfigureAwait(false);
            await using var server = ServerHost.Build(commandLine);
            var store = server.Services.GetRequiredService<ITelemetryStore>();
            await server.Services.GetRequiredService<Telemetry.Server.Admin.AppDirectory>().RegisterAsync().ConfigureAwait(false);
            var registry = server.Services.GetRequiredService<Telemetry.Schema.AppRegistry>();
            var rates = new List<double>();
            for (var round = 0; round < 6; round++)
            {
                using var projection = new FleetProjection(registry, TimeProvider.System);
                // Writes nothing: only an erasure would make it.
                var files = new ProjectionFiles(Path.Combine(Path.GetTempPath(), "telemetry-rebuild"), projection, registry);
                using var keeper = new ProjectionKeeper(files, projection, store, TimeProvider.System, NullLogger<ProjectionKeeper>.Instance);
                using var follower = new LogFollower(store, projection, keeper, NullLogger<LogFollower>.Instance);
                var began = Stopwatch.GetTimestamp();
                await follower.CatchUpAsync(CancellationToken.None).ConfigureAwait(false);
                rates.Add(projection.Position.Number / Stopwatch.GetElapsedTime(began).TotalSeconds);
            }

            table.Row($"rebuild from a log of {store.Current.Number:N0} reports", [.. rates.Skip(1)], "/s", 300_000, atLeast: true);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
