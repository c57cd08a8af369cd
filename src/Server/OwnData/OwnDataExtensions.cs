namespace Telemetry.Server.OwnData;

/// <summary>Registers what an installation may do with what was collected of it.</summary>
internal static class OwnDataExtensions
{
    public static IServiceCollection AddOwnData(this IServiceCollection services)
    {
        services.AddSingleton<OwnershipProofs>();
        services.AddSingleton<OwnDataGrpcService>();
        return services;
    }
}
