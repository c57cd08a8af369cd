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
        logging.Services.AddSingleton<StartState>();
        logging.Services.AddHostedService(provider => provider.GetRequiredService<StartState>());
        logging.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, Caps>();
        return logging;
    }

    /// <summary>
    /// The web server's categories can write paths, headers and addresses below Warning; the gRPC library writes an
    /// error for every malformed request, which anybody can send. Configuration can make them quieter, not louder: the
    /// caps go into every rule, so they hold whichever rule a provider picks.
    /// </summary>
    private sealed class Caps(StartState start) : IPostConfigureOptions<LoggerFilterOptions>
    {
        /// <summary>The first one that fits counts.</summary>
        private static readonly (string Category, LogLevel Least)[] Limits =
        [
            ("Microsoft.AspNetCore.Hosting", LogLevel.None),
            // It calls critical what any caller can do again and again, such as resets without an end.
            ("Microsoft.AspNetCore.Server.Kestrel.Http2", LogLevel.None),
            // It warns, with a stack trace, of connections that callers break off.
            ("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error),
            ("Microsoft.AspNetCore", LogLevel.Warning),
            // What fails there is told by what has failed, once and not at every question.
            ("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None),
            ("Microsoft.Extensions", LogLevel.Warning),
            ("Microsoft.Hosting", LogLevel.Warning),
            ("System.Net", LogLevel.Warning),
            ("Grpc.AspNetCore.Server", LogLevel.None),
            ("Grpc.AspNetCore.Grpc.JsonTranscoding", LogLevel.None),
            ("Grpc", LogLevel.Warning),
        ];

        public void PostConfigure(string? name, LoggerFilterOptions options)
        {
            var configured = options.Rules.ToList();
            options.Rules.Clear();
            options.MinLevel = LogLevel.Trace;
            // The first one, for categories that no other rule speaks of.
            foreach (var rule in configured.Prepend(new LoggerFilterRule(null, null, LogLevel.Information, null)))
            {
                options.Rules.Add(new LoggerFilterRule(rule.ProviderName, rule.CategoryName, rule.LogLevel, Allows));
            }
        }

        private bool Allows(string? provider, string? category, LogLevel level)
        {
            foreach (var (limited, least) in Limits)
            {
                if (category is not null && category.StartsWith(limited, StringComparison.OrdinalIgnoreCase))
                {
                    return least != LogLevel.None && level >= least && start.IsDone;
                }
            }

            return true;
        }
    }

    /// <summary>
    /// Why a start fails is said in a sentence by the program; the framework would add where in the code, once for each
    /// layer.
    /// </summary>
    private sealed class StartState : IHostedLifecycleService
    {
        public bool IsDone { get; private set; }

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            IsDone = true;
            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
