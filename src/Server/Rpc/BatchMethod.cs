using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Rpc;

/// <summary>The one method that takes many reports, and so large messages.</summary>
internal static class BatchMethod
{
    private static readonly string FullName =
        $"/{Wire.ReportingService.Descriptor.FullName}/{nameof(Wire.ReportingService.ReportingServiceBase.SubmitReports)}";

    public static bool Is(IMethod? method) => method?.FullName == FullName;
}
