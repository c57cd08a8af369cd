using Telemetry.Contracts.V1;
using Telemetry.Schema;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Insights.Questions;

namespace Telemetry.Server.Insights;

/// <summary>Registers the questions about the fleet.</summary>
internal static class InsightsExtensions
{
    /// <param name="services">The services.</param>
    /// <param name="directory">Where the projection's files are.</param>
    public static IServiceCollection AddInsights(this IServiceCollection services, Func<IServiceProvider, string> directory)
    {
        services.AddSingleton<FleetProjection>();
        services.AddSingleton<FleetPosition>();
        services.AddSingleton(provider => new ProjectionFiles(
            directory(provider), provider.GetRequiredService<FleetProjection>(), provider.GetRequiredService<AppRegistry>()));
        services.AddSingleton<ProjectionKeeper>();
        // Before the follower: it reads before anything is followed, and writes when nothing is any more.
        services.AddHostedService(provider => provider.GetRequiredService<ProjectionKeeper>());
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
        services.AddSingleton<InstanceQueryReader>();
        services.AddSingleton<WatchedQuestions<QueryResponse>>();
        services.AddSingleton<InsightsGrpcService>();
        return services;
    }
}
