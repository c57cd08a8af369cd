namespace Telemetry.Server.Demo;

/// <summary>Registers the simulated fleet.</summary>
internal static class DemoExtensions
{
    public static IServiceCollection AddDemoFleet(this IServiceCollection services) =>
        services.AddHostedService<DemoFleet>();
}
