using Grpc.Reflection.V1Alpha;

namespace Telemetry.Server.Tests.Rpc;

/// <summary>What a tool sees that knows nothing but the address.</summary>
public sealed class ReflectionTests
{
    [Fact]
    public async Task Every_service_is_listed_once()
    {
        await using var server = await TestServer.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(server.Native).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(
            [
                "grpc.health.v1.Health", "telemetry.v1.AccessService", "telemetry.v1.AdminService", "telemetry.v1.AppService",
                "telemetry.v1.AuditService", "telemetry.v1.BackupService", "telemetry.v1.FeedService", "telemetry.v1.InsightsService", "telemetry.v1.LicenseAdminService",
                "telemetry.v1.LicenseService", "telemetry.v1.OwnDataService", "telemetry.v1.PrivacyService", "telemetry.v1.ReportingService",
            ],
            call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name)
                .Where(name => !name.StartsWith("grpc.reflection.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        await call.RequestStream.CompleteAsync();
    }
}
