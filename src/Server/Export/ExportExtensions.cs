using Telemetry.Server.Insights;

namespace Telemetry.Server.Export;

/// <summary>Registers files of reports, installations and answers.</summary>
internal static class ExportExtensions
{
    public static IServiceCollection AddExport(this IServiceCollection services)
    {
        services.AddSingleton<ReportTable>();
        services.AddSingleton<InstanceTable>();
        services.AddSingleton<IExport, ExportMapper>();
        return services;
    }
}
