using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Telemetry.Client.Licensing;

/// <summary>Adds license checks to a host.</summary>
public static class TelemetryLicensingServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="LicenseClient"/> that starts and stops with the host. Wrong options fail the host's start, with a
    /// message that names them; nothing that a network, a server or a disk can do ever reaches the host.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The options, for further configuration.</returns>
    public static OptionsBuilder<LicenseClientOptions> AddTelemetryLicensing(
        this IServiceCollection services, Action<LicenseClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services).Configure(configure);
    }

    /// <summary>
    /// As the other one, with the options from a section of the host's configuration. Keys in it that are no options fail
    /// the host's start.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section, e.g. <c>builder.Configuration.GetSection("License")</c>.</param>
    /// <returns>The options, for further configuration, which comes after the section.</returns>
    public static OptionsBuilder<LicenseClientOptions> AddTelemetryLicensing(
        this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        return Add(services).Bind(section, binder => binder.ErrorOnUnknownConfiguration = true);
    }

    private static OptionsBuilder<LicenseClientOptions> Add(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LicenseClient>(static provider => new ServerLicenseClient(
            ChannelOf(provider).Invoker, OptionsOf(provider), provider.GetService<ILogger<LicenseClient>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IValidateOptions<LicenseClientOptions>, LicenseClientOptionsValidator>();
        services.AddHostedService<LicenseClientService>();
        return services.AddOptions<LicenseClientOptions>().ValidateOnStart();
    }

    private static LicenseClientOptions OptionsOf(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<LicenseClientOptions>>().Value;

    /// <summary>The host's own; otherwise one for this client alone, which lives as long as the process.</summary>
    private static TelemetryChannel ChannelOf(IServiceProvider provider)
    {
        var options = OptionsOf(provider);
        return provider.GetService<TelemetryChannel>() ?? TelemetryChannel.For(
            options.Server!, options.Transport, options.HttpHandlerFactory?.Invoke(), provider.GetService<ILoggerFactory>());
    }

    /// <summary>Starts the client with the host; the container disposes it.</summary>
    private sealed class LicenseClientService(LicenseClient client) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            client.Start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Says what is wrong before the host starts.</summary>
    private sealed class LicenseClientOptionsValidator(IServiceProvider provider) : IValidateOptions<LicenseClientOptions>
    {
        public ValidateOptionsResult Validate(string? name, LicenseClientOptions options)
        {
            if (provider.GetService<TelemetryChannel>() is null && TelemetryChannel.ProblemOf(options.Server) is { } problem)
            {
                return ValidateOptionsResult.Fail($"Server {problem}.");
            }

            try
            {
                LicenseSubject.Of(options);
                _ = new RootKeySet(options.RootKeys);
                return ValidateOptionsResult.Success;
            }
            catch (ArgumentException e)
            {
                return ValidateOptionsResult.Fail(e.Message);
            }
        }
    }
}
