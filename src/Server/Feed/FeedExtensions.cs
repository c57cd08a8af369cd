namespace Telemetry.Server.Feed;

/// <summary>Registers the feed.</summary>
internal static class FeedExtensions
{
    public static IServiceCollection AddFeed(this IServiceCollection services)
    {
        services.AddSingleton<FeedRequestReader>();
        services.AddSingleton<EventMessages>();
        services.AddSingleton<FeedMetrics>();
        services.AddSingleton<FeedGrpcService>();
        return services;
    }
}
