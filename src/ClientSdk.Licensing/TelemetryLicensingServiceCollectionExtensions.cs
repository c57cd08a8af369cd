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
    /// message that names them. Options come from <paramref name="configure"/> or from the host's own
    /// <c>Configure&lt;LicenseClientOptions&gt;(section)</c>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options; null when the host does so elsewhere.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddTelemetryLicensing(
        this IServiceCollection services, Action<LicenseClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<LicenseClientOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<LicenseClientOptions>, LicenseClientOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LicenseClient>(static provider => new ServerLicenseClient(
            ChannelOf(provider).Invoker, OptionsOf(provider), provider.GetService<ILogger<LicenseClient>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<LicenseClientService>();
        return services;
    }

    private static LicenseClientOptions OptionsOf(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<LicenseClientOptions>>().Value;

    /// <summary>The host's own; otherwise one for this client alone, which lives as long as the process.</summary>
    private static TelemetryChannel ChannelOf(IServiceProvider provider) =>
        provider.GetService<TelemetryChannel>()
        ?? TelemetryChannel.For(OptionsOf(provider).Server!, OptionsOf(provider).Transport);

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
            if (options.Server is null && provider.GetService<TelemetryChannel>() is null)
            {
                return ValidateOptionsResult.Fail("Server must be set: where the license server is.");
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
