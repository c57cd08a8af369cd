using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.OpenApi;

/// <summary>The contract with its comments.</summary>
internal static class ContractFiles
{
    private const string Resource = "contract.binpb";

    private static readonly ExtensionRegistry Options =
        [AnnotationsExtensions.Http, Wire.AccessExtensions.Access, Wire.FieldPolicyExtensions.FieldPolicy, Wire.FieldPolicyExtensions.ValuePolicy, Wire.FieldPolicyExtensions.App];

    /// <summary>In the order of the contract's files.</summary>
    public static IReadOnlyList<ServiceDescriptor> Services { get; } = [.. Read().SelectMany(file => file.Services)];

    private static IReadOnlyList<FileDescriptor> Read()
    {
        using var stream = typeof(ContractFiles).Assembly.GetManifestResourceStream(Resource)!;
        var set = FileDescriptorSet.Parser.ParseFrom(stream);
        return FileDescriptor.BuildFromByteStrings(set.File.Select(file => file.ToByteString()), Options);
    }

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
