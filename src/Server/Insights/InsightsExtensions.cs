using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Insights.Questions;

namespace Telemetry.Server.Insights;

/// <summary>Registers the questions about the fleet.</summary>
internal static class InsightsExtensions
{
    public static IServiceCollection AddInsights(this IServiceCollection services)
    {
        services.AddSingleton<FleetProjection>();
        services.AddSingleton<FleetPosition>();
        services.AddSingleton<LogFollower>();
        services.AddHostedService(provider => provider.GetRequiredService<LogFollower>());
        services.AddSingleton<QuestionEngine>();
        services.AddSingleton<OverviewEngine>();
        services.AddSingleton<ReleaseEngine>();
        services.AddSingleton<CohortEngine>();
        services.AddSingleton<TimelineEngine>();
        services.AddSingleton<QualityEngine>();
        services.AddSingleton<InstanceList>();
        services.AddSingleton<AttentionMapper>();
        services.AddSingleton<QuestionQueryReader>();
        services.AddSingleton<InsightsGrpcService>();
        return services;
    }
}
