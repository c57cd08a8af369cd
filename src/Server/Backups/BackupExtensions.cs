namespace Telemetry.Server.Backups;

/// <summary>Registers backups.</summary>
internal static class BackupExtensions
{
    /// <param name="services">The services.</param>
    /// <param name="sources">Where what a backup is made of lies.</param>
    public static IServiceCollection AddBackups(this IServiceCollection services, Func<IServiceProvider, BackupSources> sources)
    {
        services.AddSingleton(sources);
        services.AddSingleton<BackupMetrics>();
        services.AddSingleton<BackupKeeper>();
        // After the insights, which erase as well, and before anything is served.
        services.AddHostedService<RestoredData>();
        services.AddHostedService<BackupSchedule>();
        services.AddSingleton<BackupGrpcService>();
        return services;
    }
}
