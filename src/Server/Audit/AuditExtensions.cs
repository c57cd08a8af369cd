namespace Telemetry.Server.Audit;

/// <summary>Registers the audit log.</summary>
internal static class AuditExtensions
{
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditLedger>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditLedger>());
        services.AddSingleton<AuditRetention>();
        services.AddSingleton<AuditInterceptor>();
        return services;
    }
}
