using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Telemetry.Client.Hosting;

namespace Telemetry.Client;

/// <summary>Adds usage reports to a host.</summary>
public static class TelemetryServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="TelemetryClient"/> that starts and stops with the host. Wrong options, and a contract that no
    /// server would take, fail the host's start with a message that names them; nothing else of reporting ever reaches
    /// the host.
    /// </summary>
    /// <typeparam name="TUsage">The app's usage message, generated from its contract, with the option (telemetry.v1.app).</typeparam>
    /// <typeparam name="TCollector">The app's own figures; made anew for each report, in a scope of its own.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The options, for further configuration.</returns>
    public static OptionsBuilder<TelemetryOptions> AddTelemetry<
        TUsage, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TCollector>(
        this IServiceCollection services, Action<TelemetryOptions> configure)
        where TUsage : class, IMessage<TUsage>, new()
        where TCollector : class, IUsageCollector<TUsage>
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return Add<TUsage, TCollector>(services).Configure(configure);
    }

    /// <summary>
    /// As the other one, with the options from a section of the host's configuration. Keys in it that are no options fail
    /// the host's start.
    /// </summary>
    /// <typeparam name="TUsage">The app's usage message, generated from its contract, with the option (telemetry.v1.app).</typeparam>
    /// <typeparam name="TCollector">The app's own figures; made anew for each report, in a scope of its own.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section, e.g. <c>builder.Configuration.GetSection("Telemetry")</c>.</param>
    /// <returns>The options, for further configuration, which comes after the section.</returns>
    public static OptionsBuilder<TelemetryOptions> AddTelemetry<
        TUsage, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TCollector>(
        this IServiceCollection services, IConfiguration section)
        where TUsage : class, IMessage<TUsage>, new()
        where TCollector : class, IUsageCollector<TUsage>
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        return Add<TUsage, TCollector>(services).Bind(section, binder => binder.ErrorOnUnknownConfiguration = true);
    }

    private static OptionsBuilder<TelemetryOptions> Add<
        TUsage, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TCollector>(
        IServiceCollection services)
        where TUsage : class, IMessage<TUsage>, new()
        where TCollector : class, IUsageCollector<TUsage>
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<TCollector>();
        services.TryAddSingleton(provider => TelemetryClient.Create(
            provider.GetRequiredService<IOptions<TelemetryOptions>>().Value,
            new ScopedCollector<TUsage, TCollector>(provider.GetRequiredService<IServiceScopeFactory>()),
            provider.GetService<ILogger<TelemetryClient>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IValidateOptions<TelemetryOptions>>(new TelemetryOptionsValidator(new TUsage().Descriptor));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<TelemetryOptions>, HostEnvironmentOption>());
        services.AddHostedService<TelemetryHostedService>();
        return services.AddOptions<TelemetryOptions>().ValidateOnStart();
    }

    /// <summary>Injected, not asked for: what is asked for twice, the container compiles, on a thread of the pool.</summary>
    private sealed class HostEnvironmentOption(IHostEnvironment? environment = null) : IPostConfigureOptions<TelemetryOptions>
    {
        public void PostConfigure(string? name, TelemetryOptions options) =>
            options.IsDevelopment = environment?.IsDevelopment() == true;
    }
}
