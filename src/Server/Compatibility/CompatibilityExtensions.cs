using Telemetry.Server.Callers;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Licensing;
using Telemetry.Schema;

namespace Telemetry.Server.Compatibility;

/// <summary>Maps the HTTP paths that the existing PHP apps call.</summary>
/// <remarks>Nothing but the path, the method, the content headers and the body is looked at.</remarks>
internal static class CompatibilityExtensions
{
    public static void MapCompatibilityEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var ingestion = endpoints.ServiceProvider.GetRequiredService<IReportIngestion>();
        var time = endpoints.ServiceProvider.GetRequiredService<TimeProvider>();
        var requests = new JsonRequests(time);
        var callers = endpoints.ServiceProvider.GetRequiredService<CallerPseudonyms>();
        var apps = endpoints.ServiceProvider.GetRequiredService<AppRegistry>();
        foreach (var door in Door.Of(apps))
        {
            endpoints.Map(door.Path, new ReportEndpoint(door, apps, ingestion, callers, requests).HandleAsync);
        }

        // Before what transcoding would make of the same path: it cannot read reports, whose usage is of any app.
        endpoints.Map(ContractEndpoint.Path, new ContractEndpoint(apps, ingestion, callers, requests).HandleAsync).WithOrder(-1);
        var licenses = new LicenseEndpoints(
            endpoints.ServiceProvider.GetRequiredService<LicenseDesk>(),
            endpoints.ServiceProvider.GetRequiredService<LicenseQuestions>(), requests, time);
        endpoints.Map("/api/licenses/validate", licenses.ValidateAsync);
        endpoints.Map("/api/licenses/usage", licenses.ReportUsageAsync);
        endpoints.Map("/api/licenses/check-page-limit", licenses.CheckPageLimitAsync);
    }
}
