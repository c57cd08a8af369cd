using Google.Protobuf.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.OpenApi;

/// <summary>The contract with its comments.</summary>
internal static class ContractFiles
{
    public static IReadOnlyList<ServiceDescriptor> Services { get; } =
    [
        Wire.ReportingService.Descriptor, Wire.FeedService.Descriptor, Wire.AdminService.Descriptor,
        Wire.AppService.Descriptor, Wire.LicenseService.Descriptor, Wire.LicenseAdminService.Descriptor,
    ];

    /// <summary>What stands above an element in the contract; null where nothing does.</summary>
    public static string? Comment(this IDescriptor element)
    {
        var declaration = element switch
        {
            MessageDescriptor message => message.Declaration,
            FieldDescriptor field => field.Declaration,
            ServiceDescriptor service => service.Declaration,
            MethodDescriptor method => method.Declaration,
            _ => null,
        };
        return declaration?.LeadingComments is { Length: > 0 } text ? string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) : null;
    }
}
