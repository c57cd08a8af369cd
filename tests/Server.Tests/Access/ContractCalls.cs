using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Telemetry.Server.Access;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Access;

/// <summary>Every call that the server has, from its endpoints and their descriptors, made without generated stubs.</summary>
internal static partial class ContractCalls
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);

    public static IReadOnlyList<MethodDescriptor> All { get; } =
    [
        .. typeof(Wire.AccessPolicy).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(Wire.AccessPolicy).Namespace)
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null)).OfType<Google.Protobuf.Reflection.ServiceDescriptor>()
            .SelectMany(service => service.Methods).OrderBy(method => method.FullName, StringComparer.Ordinal),
    ];

    public static IEnumerable<MethodDescriptor> Guarded => All.Where(method => CallPolicyMapper.AccessOf(method) is { Everybody: false });

    /// <summary>Paths and verbs of a call, with something in the place of each variable.</summary>
    public static IEnumerable<(string Verb, string Path)> Paths(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is not { } rule ? [] : rule.AdditionalBindings.Prepend(rule).Select(binding =>
        {
            var (verb, path) = binding.PatternCase switch
            {
                HttpRule.PatternOneofCase.Get => ("GET", binding.Get),
                HttpRule.PatternOneofCase.Patch => ("PATCH", binding.Patch),
                _ => ("POST", binding.Post),
            };
            return (verb, Variable().Replace(path, "1"));
        });

    public static IEnumerable<Microsoft.AspNetCore.Http.Endpoint> EndpointsOf(TestServer server) =>
        server.Part<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).Where(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null);

    /// <summary>Calls by gRPC with an empty message, or with the given one, and gives the first answer's status.</summary>
    public static async Task<RpcException?> CallAsync(CallInvoker invoker, MethodDescriptor method, Metadata headers, byte[]? request = null)
    {
        var type = method.IsServerStreaming ? method.IsClientStreaming ? MethodType.DuplexStreaming : MethodType.ServerStreaming : MethodType.Unary;
        var call = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, Raw, Raw);
        try
        {
            if (type == MethodType.Unary)
            {
                using var unary = invoker.AsyncUnaryCall(call, null, new CallOptions(headers), request ?? []);
                await unary.ResponseAsync;
            }
            else if (type == MethodType.ServerStreaming)
            {
                using var stream = invoker.AsyncServerStreamingCall(call, null, new CallOptions(headers), request ?? []);
                await stream.ResponseStream.MoveNext(CancellationToken.None);
            }
            else
            {
                using var duplex = invoker.AsyncDuplexStreamingCall(call, null, new CallOptions(headers));
                await duplex.RequestStream.CompleteAsync();
                await duplex.ResponseStream.MoveNext(CancellationToken.None);
            }

            return null;
        }
        catch (RpcException e)
        {
            return e;
        }
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Variable();
}
