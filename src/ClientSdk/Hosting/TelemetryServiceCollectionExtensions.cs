using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Telemetry.Client.Hosting;

namespace Telemetry.Client;

/// <summary>Adds usage reports to a host.</summary>
public static class TelemetryServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="TelemetryClient"/> that starts and stops with the host. Wrong options fail the host's start,
    /// with a message that names them; nothing else of reporting ever reaches the host.
    /// </summary>
    /// <typeparam name="TCollector">The app's own figures; made anew for each report, in a scope of its own.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddTelemetry<TCollector>(
        this IServiceCollection services, Action<TelemetryOptions> configure)
        where TCollector : class, IUsageCollector
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TelemetryOptions>().Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<TCollector>();
        services.TryAddSingleton(provider => new TelemetryClient(
            provider.GetRequiredService<IOptions<TelemetryOptions>>().Value,
            new ScopedCollector<TCollector>(provider.GetRequiredService<IServiceScopeFactory>()),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<TelemetryHostedService>();
        return services;
    }
}
