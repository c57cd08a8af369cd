namespace Telemetry.Server.Admin;

/// <summary>Registers the admin reads.</summary>
internal static class AdminExtensions
{
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddSingleton<AdminGrpcService>();
        services.AddSingleton<AuditGrpcService>();
        services.AddSingleton<CollectedData>();
        services.AddSingleton<PrivacyGrpcService>();
        services.AddSingleton<AppRegistrar>();
        services.AddSingleton<AppDirectory>();
        services.AddSingleton<AppGrpcService>();
        services.AddSingleton<LicenseAdminGrpcService>();
        return services;
    }
}
