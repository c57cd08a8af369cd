using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using Telemetry.Schema;
using V1 = Grpc.Reflection.V1;
using V1Alpha = Grpc.Reflection.V1Alpha;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Rpc;

/// <summary>What reflection tells: the server's services, the details of its refusals, and every app's contract at this moment.</summary>
/// <remarks>The library's own answers never change, and registered apps come while the server runs. Threading: any.</remarks>
internal sealed class CurrentReflection(AppRegistry apps)
{
    /// <summary>The services of the contract.</summary>
    public static readonly ServiceDescriptor[] Contract =
    [
        Wire.AccessService.Descriptor, Wire.AdminService.Descriptor, Wire.AppService.Descriptor, Wire.AuditService.Descriptor, Wire.BackupService.Descriptor,
        Wire.FeedService.Descriptor, Wire.InsightsService.Descriptor, Wire.LicenseAdminService.Descriptor, Wire.LicenseService.Descriptor,
        Wire.OwnDataService.Descriptor, Wire.PrivacyService.Descriptor, Wire.ReportingService.Descriptor,
    ];

    private static readonly ServiceDescriptor[] Services =
        [.. Contract, Grpc.Health.V1.Health.Descriptor, V1.ServerReflection.Descriptor, V1Alpha.ServerReflection.Descriptor];

    private Answers? _answers;

    public Answers Now()
    {
        var all = apps.All;
        var answers = Volatile.Read(ref _answers);
        if (answers is null || !ReferenceEquals(answers.Apps, all))
        {
            Volatile.Write(ref _answers, answers = Make(all));
        }

        return answers;
    }

    private static Answers Make(IReadOnlyList<ReportSchema> all)
    {
        var files = Services.Select(service => service.File)
            .Append(Google.Rpc.StatusReflection.Descriptor).Append(Google.Rpc.ErrorDetailsReflection.Descriptor)
            .Concat(all.SelectMany(schema => FilesOf(schema)));
        var registry = SymbolRegistry.FromFiles(files);
        var names = Services.Select(service => service.FullName).ToList();
        return new Answers(all, new ReflectionV1ServiceImpl(names, registry), new ReflectionServiceImpl(names, registry));
    }

    /// <summary>Under names of their own: two vendors may both have a "usage.proto".</summary>
    private static IEnumerable<FileDescriptor> FilesOf(ReportSchema schema)
    {
        var file = schema.Descriptor!.File;
        if (schema.Descriptor.ClrType is not null)
        {
            return [file];
        }

        var set = FileDescriptorSet.Parser.ParseFrom(AppContract.Write(schema.Descriptor));
        foreach (var part in set.File.Where(part => !AppContract.IsShared(part.Name)))
        {
            part.Name = $"{schema.App}/{part.Name}";
            for (var i = 0; i < part.Dependency.Count; i++)
            {
                part.Dependency[i] = AppContract.IsShared(part.Dependency[i]) ? part.Dependency[i] : $"{schema.App}/{part.Dependency[i]}";
            }
        }

        return FileDescriptor.BuildFromByteStrings(set.File.Select(part => part.ToByteString()), null)
            .Where(part => !AppContract.IsShared(part.Name));
    }

    internal sealed record Answers(
        IReadOnlyList<ReportSchema> Apps, V1.ServerReflection.ServerReflectionBase V1, V1Alpha.ServerReflection.ServerReflectionBase V1Alpha);
}

/// <summary>Reflection as most tools ask for it.</summary>
internal sealed class ReflectionGrpcService(CurrentReflection current) : V1.ServerReflection.ServerReflectionBase
{
    public override Task ServerReflectionInfo(
        IAsyncStreamReader<V1.ServerReflectionRequest> requestStream,
        IServerStreamWriter<V1.ServerReflectionResponse> responseStream, ServerCallContext context) =>
        current.Now().V1.ServerReflectionInfo(requestStream, responseStream, context);
}

/// <summary>Reflection as older tools ask for it.</summary>
internal sealed class AlphaReflectionGrpcService(CurrentReflection current) : V1Alpha.ServerReflection.ServerReflectionBase
{
    public override Task ServerReflectionInfo(
        IAsyncStreamReader<V1Alpha.ServerReflectionRequest> requestStream,
        IServerStreamWriter<V1Alpha.ServerReflectionResponse> responseStream, ServerCallContext context) =>
        current.Now().V1Alpha.ServerReflectionInfo(requestStream, responseStream, context);
}
