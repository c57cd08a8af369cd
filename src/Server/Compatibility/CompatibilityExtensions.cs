using Telemetry.Server.Ingestion;
using Telemetry.Server.Licensing;

namespace Telemetry.Server.Compatibility;

/// <summary>Maps the HTTP paths that the existing PHP apps call.</summary>
/// <remarks>Nothing but the path, the method, the content headers and the body is looked at.</remarks>
internal static class CompatibilityExtensions
{
    private const string RoomVoxPath = "/api/telemetry/roomvox";

    /// <summary>Where the other apps report; their license calls are taken.</summary>
    private static readonly (string Path, string App)[] NotTakenYet =
    [
        ("/api/telemetry/formvox", "FormVox"),
        ("/api/telemetry/introvox", "IntroVox"),
        ("/api/telemetry/metavox/report", "MetaVox"),
        ("/api/telemetry/report", "IntraVox"),
        ("/api/telemetry/intravox", "IntraVox"),
    ];

    public static void MapCompatibilityEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var ingestion = endpoints.ServiceProvider.GetRequiredService<IReportIngestion>();
        var time = endpoints.ServiceProvider.GetRequiredService<TimeProvider>();
        var requests = new JsonRequests(time);
        var roomVox = new RoomVoxEndpoint(ingestion, requests);
        endpoints.Map(RoomVoxPath, roomVox.HandleAsync);
        var licenses = new LicenseEndpoints(
            endpoints.ServiceProvider.GetRequiredService<LicenseDesk>(),
            endpoints.ServiceProvider.GetRequiredService<LicenseQuestions>(), requests, time);
        endpoints.Map("/api/licenses/validate", licenses.ValidateAsync);
        endpoints.Map("/api/licenses/usage", licenses.ReportUsageAsync);
        endpoints.Map("/api/licenses/check-page-limit", licenses.CheckPageLimitAsync);
        foreach (var (path, app) in NotTakenYet)
        {
            endpoints.Map(path, context => Answers.ErrorAsync(
                context, StatusCodes.Status404NotFound,
                $"Reports of {app} are not taken here yet; nothing was stored. {app} itself works on as before."));
        }
    }
}
