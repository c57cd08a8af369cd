namespace Telemetry.Server.Callers;

/// <summary>Registers who calls, and how much each may.</summary>
internal static class CallersExtensions
{
    public static IServiceCollection AddCallers(this IServiceCollection services)
    {
        services.AddSingleton<CallerPseudonyms>();
        services.AddSingleton<CallerLimits>();
        services.AddSingleton<LimitMetrics>();
        return services;
    }
}
