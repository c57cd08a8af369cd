using Telemetry.Server.Ingestion;
using Telemetry.Server.Licensing;

namespace Telemetry.Server.Compatibility;

/// <summary>Maps the HTTP paths that the existing PHP apps call.</summary>
/// <remarks>
/// The reporters are servers, not browsers: no origin is ever allowed here, so a web page cannot make its visitors
/// report. Nothing but the path, the method, the content headers and the body is looked at.
/// </remarks>
internal static class CompatibilityExtensions
{
    private const string RoomVoxPath = "/api/telemetry/roomvox";

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
        endpoints.Map("/api/telemetry/{**rest}", static context => Answers.ErrorAsync(
            context, StatusCodes.Status404NotFound, $"There is no report taken here. RoomVox reports to {RoomVoxPath}."));
    }
}
