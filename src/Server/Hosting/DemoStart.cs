using System.Globalization;
using Telemetry.Server.Admin;
using Telemetry.Server.Demo;

namespace Telemetry.Server.Hosting;

/// <summary>What a demo does before it listens: its simulated fleet gets its past.</summary>
internal static class DemoStart
{
    private const int ToldPerDays = 50;

    /// <summary>Writes into the data directory what the fleet reported until now, by a server that never listens.</summary>
    /// <param name="commandLine">As the demo itself gets it.</param>
    /// <param name="now">The present.</param>
    /// <param name="output">Told what is done, and how far it is.</param>
    public static async Task PrepareAsync(CommandLine commandLine, DateTimeOffset now, TextWriter output)
    {
        var directory = "";
        await using var past = ServerHost.Build(commandLine, builder =>
        {
            directory = (builder.Configuration.GetSection(ServerOptions.Section).Get<ServerOptions>() ?? new ServerOptions()).Data;
            DemoDirectory.Claim(directory, DateOnly.FromDateTime(now.UtcDateTime));
            builder.Services.AddDemoHistory(directory);
            // What is found and made is told by the start that follows.
            builder.Logging.ClearProviders();
        });
        output.WriteLine($"Demo   A simulated fleet, all of it invented, in {Path.GetFullPath(directory)}");
        output.Flush();
        var history = past.Services.GetRequiredService<DemoHistory>();
        await past.Services.GetRequiredService<AppDirectory>().RegisterAsync().ConfigureAwait(false);
        var nextAt = 0;
        await history.WriteAsync(now, progress =>
        {
            if (progress.Days > 1 && (progress.Day >= nextAt || progress.Day == progress.Days))
            {
                nextAt = (progress.Day / ToldPerDays * ToldPerDays) + ToldPerDays;
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Demo   writes what it reported: day {progress.Day} of {progress.Days}, {progress.Events:N0} reports"));
                output.Flush();
            }
        }).ConfigureAwait(false);
    }
}
