using Telemetry.Server.Rpc;

namespace Telemetry.Server.Admin;

/// <summary>Registers the admin reads and the tokens they need.</summary>
internal static class AdminExtensions
{
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddSingleton<AdminTokens>();
        services.AddSingleton<IAdminTokenVerifier>(provider => provider.GetRequiredService<AdminTokens>());
        services.AddSingleton<AdminGrpcService>();
        services.AddSingleton<AppRegistrar>();
        services.AddSingleton<AppDirectory>();
        services.AddSingleton<AppGrpcService>();
        services.AddSingleton<LicenseAdminGrpcService>();
        return services;
    }
}
