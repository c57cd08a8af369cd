using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Access;

/// <summary>Reads who may call what from the contract, and holds the endpoints of its calls to it.</summary>
internal static class CallPolicyMapper
{
    private static readonly Dictionary<string, MethodDescriptor> Calls = CurrentReflection.Contract
        .SelectMany(service => service.Methods).ToDictionary(method => $"/{method.Service.FullName}/{method.Name}", StringComparer.Ordinal);

    /// <summary>For the calls of the contract: each gets the policy that stands beside it there, or none and so is closed.</summary>
    public static T WithContractAccess<T>(this T endpoints)
        where T : IEndpointConventionBuilder
    {
        endpoints.Finally(static endpoint =>
        {
            if (endpoint.Metadata.OfType<GrpcMethodMetadata>().LastOrDefault() is not { } call)
            {
                // What the library answers to methods that there are none of.
                endpoint.Metadata.Add(new AllowAnonymousAttribute());
            }
            else if (Calls.TryGetValue(call.Method.FullName, out var method) && AccessOf(method) is { } access)
            {
                Hold(endpoint, access);
                endpoint.Metadata.Add(new AuditPolicy(
                    AuditMapper.KindOf(method) ?? AuditKind.None, $"{method.Service.Name}.{method.Name}",
                    [.. access.Apps?.SelectedBy ?? [], .. access.Apps?.NamedBy ?? []], access.Everybody));
            }
        });
        return endpoints;
    }

    /// <summary>The policy beside a method of the contract; null where there is none.</summary>
    public static Wire.AccessPolicy? AccessOf(MethodDescriptor method) => method.GetOptions()?.GetExtension(Wire.AccessExtensions.Access);

    private static void Hold(EndpointBuilder endpoint, Wire.AccessPolicy access)
    {
        if (access.Everybody)
        {
            endpoint.Metadata.Add(new AllowAnonymousAttribute());
        }
        else if (access.AnyToken || access.Scope != Wire.Scope.Unspecified)
        {
            var policy = PolicyOf(access);
            endpoint.Metadata.Add(new AuthorizeAttribute());
            endpoint.Metadata.Add(policy.ToAuthorization());
            endpoint.Metadata.Add(policy);
        }
    }

    private static CallPolicy PolicyOf(Wire.AccessPolicy access) => new(
        access.AnyToken ? Scopes.None : AccessMapper.ToModel(access.Scope),
        [.. access.Apps?.SelectedBy ?? []], [.. access.Apps?.NamedBy ?? []],
        access.Apps is { } apps && (apps.OfWhatIsFound || apps.SelectedBy.Count + apps.NamedBy.Count > 0));
}
