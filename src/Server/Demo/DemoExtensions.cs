namespace Telemetry.Server.Demo;

/// <summary>Registers the simulated fleet.</summary>
internal static class DemoExtensions
{
    /// <param name="services">Where to.</param>
    /// <param name="directory">Finds the data directory, which is a demo's by then.</param>
    public static IServiceCollection AddDemoFleet(this IServiceCollection services, Func<IServiceProvider, string> directory)
    {
        services.AddSingleton(provider => new DemoFleet(DemoDirectory.FirstDay(directory(provider))));
        services.AddSingleton<DemoLicenses>();
        services.AddHostedService<DemoReporter>();
        return services;
    }

    /// <summary>For the time before the server listens: with a clock that goes through the fleet's past.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="directory">The data directory, which is a demo's.</param>
    public static IServiceCollection AddDemoHistory(this IServiceCollection services, string directory)
    {
        var clock = new DemoClock { Now = new DateTimeOffset(DemoDirectory.FirstDay(directory), TimeOnly.MinValue, TimeSpan.Zero) };
        services.AddSingleton(clock);
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<DemoHistory>();
        return services;
    }
}
