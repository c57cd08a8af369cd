using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Telemetry.Server.Hosting;

namespace Telemetry.Server.Tests.Hosting;

public sealed class LoggingTests
{
    [Theory]
    [InlineData("Logging:LogLevel:Default=Trace")]
    [InlineData("Logging:LogLevel:Microsoft=Trace")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore.Routing.EndpointMiddleware=Trace")]
    [InlineData("Logging:Captured:LogLevel:Default=Trace")]
    [InlineData("Logging:Captured:LogLevel:M=Trace")]
    [InlineData("Logging:Captured:LogLevel:*.EndpointMiddleware=Trace")]
    [InlineData("Logging:Captured:LogLevel:Microsoft.AspNetCore=Trace")]
    public async Task No_rule_of_any_provider_makes_the_web_server_louder(string setting)
    {
        var lines = await LogAsync("Microsoft.AspNetCore.Routing.EndpointMiddleware", setting);

        Assert.Equal([LogLevel.Warning, LogLevel.Error], lines);
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Grpc.AspNetCore.Server.ServerCallHandler")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.Http2")]
    public async Task No_rule_of_any_provider_brings_back_what_strangers_can_trigger(string category) =>
        Assert.Empty(await LogAsync(category, "Logging:Captured:LogLevel:Default=Trace"));

    [Theory]
    [InlineData("Logging:LogLevel:Default=Error", LogLevel.Error)]
    [InlineData("Logging:LogLevel:Default=Warning", LogLevel.Warning)]
    [InlineData("Logging:LogLevel:Default=Debug", LogLevel.Debug)]
    [InlineData("Logging:Captured:LogLevel:Default=Debug", LogLevel.Debug)]
    [InlineData("Logging:LogLevel:Telemetry.Server=Error", LogLevel.Error)]
    [InlineData("Logging:LogLevel:Other=Error", LogLevel.Information)]
    public async Task The_server_is_as_loud_as_it_is_told(string setting, LogLevel least)
    {
        var lines = await LogAsync("Telemetry.Server.Test", setting);

        Assert.Equal(Enum.GetValues<LogLevel>().Where(level => level >= least && level <= LogLevel.Error), lines);
    }

    /// <summary>Writes a line of each level.</summary>
    /// <returns>The levels that came through.</returns>
    private static async Task<LogLevel[]> LogAsync(string category, string setting)
    {
        var data = Directory.CreateTempSubdirectory("telemetry-logging-");
        try
        {
            var logs = new CapturedLogs();
            await using var app = ServerHost.Build(
                CommandLine.Parse(["--data", data.FullName, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--" + setting]),
                builder => builder.Logging.ClearProviders().AddProvider(logs));
            await app.StartAsync();
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
            for (var level = LogLevel.Trace; level <= LogLevel.Error; level++)
            {
                logger.Log(level, "A line for this test.");
            }

            return [.. logs.Lines.Where(line => line.Text.Contains("A line for this test.", StringComparison.Ordinal)).Select(line => line.Level)];
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
