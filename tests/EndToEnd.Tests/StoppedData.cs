using Microsoft.Extensions.Logging.Abstractions;
using Telemetry.Schema;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.EndToEnd.Tests;

/// <summary>A data directory while no server runs on it.</summary>
internal static class StoppedData
{
    public static LiteDbTelemetryStore Open(string data) => LiteDbTelemetryStore.Open(
        new LiteDbStoreOptions { Directory = data }, new AppRegistry(), TimeProvider.System, NullLogger<LiteDbTelemetryStore>.Instance);

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        }

        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
