using Microsoft.Extensions.Options;
using Telemetry.Server.Callers;

namespace Telemetry.Server.Licensing;

/// <summary>Registers licenses: checking, tokens, and the judgement of claims.</summary>
internal static class LicensingExtensions
{
    /// <param name="services">Where to.</param>
    /// <param name="keyDirectory">Finds the directory of private keys when the options name none.</param>
    /// <param name="dataExists">Tells whether the server stored something before.</param>
    public static IServiceCollection AddLicensing(
        this IServiceCollection services, Func<IServiceProvider, string> keyDirectory, Func<IServiceProvider, bool> dataExists)
    {
        services.AddSingleton<LicenseBook>();
        services.AddSingleton<LicensingMetrics>();
        services.AddSingleton(provider =>
            new LicenseJudge(provider.GetRequiredService<IOptions<LicensingOptions>>().Value.LeaseDays));
        services.AddSingleton(provider => new GuessThrottle(
            provider.GetRequiredService<IOptions<LicensingOptions>>().Value.WrongKeysPerHour,
            provider.GetRequiredService<CallerPseudonyms>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LeaseRenewals>();
        services.AddHostedService(provider => provider.GetRequiredService<LeaseRenewals>());
        services.AddSingleton<LeaseSweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<LeaseSweeper>());
        services.AddSingleton<LicenseDesk>();
        services.AddSingleton<LicenseClerk>();
        services.AddSingleton<IssueCalls>();
        services.AddSingleton<LicenseQuestions>();
        services.AddSingleton<ClaimJudge>();
        services.AddSingleton(provider => new SigningKeyFiles(
            provider.GetRequiredService<IOptions<LicensingOptions>>().Value.KeyDirectory ?? keyDirectory(provider),
            dataExists(provider)));
        services.AddSingleton<SigningKeyRing>();
        services.AddHostedService<SigningKeyRotation>();
        services.AddSingleton<LicenseTokens>();
        services.AddSingleton<ErasureReceipts>();
        services.AddSingleton<LicenseGrpcService>();
        return services;
    }
}
