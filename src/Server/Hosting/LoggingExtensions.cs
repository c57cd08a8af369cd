using Microsoft.Extensions.Options;

namespace Telemetry.Server.Hosting;

/// <summary>Logging that cannot leak, whatever the configuration says.</summary>
internal static class LoggingExtensions
{
    public static ILoggingBuilder AddTelemetryLogging(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders();
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
        });
        logging.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, Caps>();
        return logging;
    }

    /// <summary>
    /// The web server's categories can write paths, headers and addresses below Warning; the gRPC library writes an
    /// error for every malformed request, which anybody can send. Configuration can make them quieter, not louder.
    /// </summary>
    private sealed class Caps : IPostConfigureOptions<LoggerFilterOptions>
    {
        private static readonly (string Category, LogLevel Least)[] Limits =
        [
            ("Microsoft.AspNetCore", LogLevel.Warning),
            ("Microsoft.AspNetCore.Hosting", LogLevel.None),
            ("Microsoft.Extensions", LogLevel.Warning),
            ("Microsoft.Hosting", LogLevel.Warning),
            ("System.Net", LogLevel.Warning),
            ("Grpc", LogLevel.Warning),
            ("Grpc.AspNetCore.Server", LogLevel.None),
        ];

        public void PostConfigure(string? name, LoggerFilterOptions options)
        {
            var configured = options.Rules
                .Where(rule => rule.CategoryName is { } category
                    && !Limits.Any(limit => category.StartsWith(limit.Category, StringComparison.OrdinalIgnoreCase)))
                .ToList();
            options.Rules.Clear();
            options.MinLevel = LogLevel.Information;
            foreach (var rule in configured)
            {
                options.Rules.Add(rule);
            }

            foreach (var (category, least) in Limits)
            {
                options.Rules.Add(new LoggerFilterRule(null, category, least, null));
            }
        }
    }
}
