using Google.Protobuf;
using Google.Protobuf.Reflection;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Schema;

/// <summary>Reads the contract of a registered app from a descriptor set.</summary>
internal static class AppContract
{
    /// <summary>Without it the policies in a set's options are unknown fields, and every field seems to have none.</summary>
    private static readonly ExtensionRegistry Policies =
    [
        Wire.FieldPolicyExtensions.FieldPolicy, Wire.FieldPolicyExtensions.ValuePolicy, Wire.FieldPolicyExtensions.App,
    ];

    /// <summary>The schema that a set describes.</summary>
    /// <exception cref="SchemaException">It describes none, or one that breaks rules.</exception>
    public static ReportSchema Read(ReadOnlySpan<byte> descriptorSet) =>
        SchemaBuilder.Build(UsageIn(descriptorSet), mayHaveDoors: false);

    /// <summary>A set without comments and places in source files, which compilers add and nobody here needs.</summary>
    /// <exception cref="SchemaException">The bytes are no set.</exception>
    public static ByteString WithoutSource(ByteString descriptorSet)
    {
        try
        {
            var set = FileDescriptorSet.Parser.WithExtensionRegistry(Policies).ParseFrom(descriptorSet);
            foreach (var file in set.File)
            {
                file.SourceCodeInfo = null;
            }

            return set.ToByteString();
        }
        catch (InvalidProtocolBufferException)
        {
            throw NoSet();
        }
    }

    /// <summary>The set of a message's file and of all that it imports, in the order in which they need each other.</summary>
    public static ByteString Write(MessageDescriptor usage)
    {
        var files = new List<FileDescriptor>();
        Add(usage.File);
        return new FileDescriptorSet { File = { files.Select(file => file.ToProto()) } }.ToByteString();

        void Add(FileDescriptor file)
        {
            if (!files.Contains(file))
            {
                file.Dependencies.ToList().ForEach(Add);
                files.Add(file);
            }
        }
    }

    private static MessageDescriptor UsageIn(ReadOnlySpan<byte> descriptorSet)
    {
        try
        {
            var set = FileDescriptorSet.Parser.WithExtensionRegistry(Policies).ParseFrom(descriptorSet);
            var files = FileDescriptor.BuildFromByteStrings(Ordered(set).Select(file => file.ToByteString()), Policies);
            var usages = files.SelectMany(file => file.MessageTypes).Where(IsUsage).ToList();
            return usages.Count == 1
                ? usages[0]
                : throw Broken($"holds {usages.Count} messages with the option (telemetry.v1.app); it must be exactly one, at the top of a file");
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or DescriptorValidationException or ArgumentException)
        {
            throw NoSet();
        }
    }

    /// <summary>Imports before what imports them.</summary>
    private static List<FileDescriptorProto> Ordered(FileDescriptorSet set)
    {
        var byName = set.File.DistinctBy(file => file.Name).ToDictionary(file => file.Name, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        return byName.Values.SelectMany(Before).ToList();

        IEnumerable<FileDescriptorProto> Before(FileDescriptorProto file) => done.Add(file.Name)
            ? file.Dependency.Where(byName.ContainsKey).SelectMany(name => Before(byName[name])).Append(file).ToList()
            : [];
    }

    private static bool IsUsage(MessageDescriptor message) =>
        message.GetOptions()?.HasExtension(Wire.FieldPolicyExtensions.App) == true;

    private static SchemaException NoSet() =>
        Broken("is not a descriptor set with all its imports; make it with `buf build -o` or `protoc --include_imports -o`");

    private static SchemaException Broken(string rule) => new([new SchemaProblem("", rule)]);
}
