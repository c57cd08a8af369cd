namespace Telemetry.Server.Ingestion;

/// <summary>Registers ingestion.</summary>
internal static class IngestionExtensions
{
    public static IServiceCollection AddIngestion(this IServiceCollection services)
    {
        services.AddSingleton<ReportCleaner>();
        services.AddSingleton<IngestionMetrics>();
        services.AddSingleton<RefusedRules>();
        services.AddSingleton<IngestionPipeline>();
        services.AddHostedService(provider => provider.GetRequiredService<IngestionPipeline>());
        services.AddSingleton<IReportIngestion, ReportIngestion>();
        // One object for all calls: it holds no state of a call.
        services.AddSingleton<ReportingGrpcService>();
        services.AddSingleton<ReportBatchGrpcService>();
        return services;
    }
}
