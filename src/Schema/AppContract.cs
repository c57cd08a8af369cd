using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Contracts.Rules;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>Reads the contract of a registered app from a descriptor set.</summary>
internal static class AppContract
{
    /// <summary>Compilers add comments and places in source files, which make the most of it.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>More is no app's contract; each file costs a step down the stack when imports are put in order.</summary>
    private const int MaxFiles = 100;

    /// <summary>Packages whose names mean something here already.</summary>
    private static readonly string[] Reserved = ["telemetry", "google", "grpc"];

    /// <summary>Without it the policies in a set's options are unknown fields, and every field seems to have none.</summary>
    private static readonly ExtensionRegistry Policies =
    [
        Wire.FieldPolicyExtensions.FieldPolicy, Wire.FieldPolicyExtensions.ValuePolicy, Wire.FieldPolicyExtensions.App,
    ];

    /// <summary>The schema that a set from outside describes, and the set as it is kept.</summary>
    /// <exception cref="SchemaException">It describes none, or one that breaks rules.</exception>
    public static (ReportSchema Schema, ByteString Contract) ReadNew(ByteString descriptorSet)
    {
        if (descriptorSet.Length is 0 or > MaxBytes)
        {
            throw Broken("must be a descriptor set of at most 1 MB");
        }

        var contract = WithoutSource(descriptorSet);
        return (Read(contract.Span), contract);
    }

    /// <summary>The schema that a set describes.</summary>
    /// <exception cref="SchemaException">It describes none, or one that breaks rules.</exception>
    public static ReportSchema Read(ReadOnlySpan<byte> descriptorSet) =>
        SchemaBuilder.Build(UsageIn(descriptorSet), mayHaveDoors: false);

    /// <summary>A set without comments and places in source files, which compilers add and nobody here needs.</summary>
    private static ByteString WithoutSource(ByteString descriptorSet)
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
    public static ByteString Write(MessageDescriptor usage) =>
        new FileDescriptorSet { File = { FilesOf(usage).Select(file => file.ToProto()) } }.ToByteString();

    private static List<FileDescriptor> FilesOf(MessageDescriptor usage)
    {
        var files = new List<FileDescriptor>();
        Add(usage.File);
        return files;

        void Add(FileDescriptor file)
        {
            if (!files.Contains(file))
            {
                file.Dependencies.ToList().ForEach(Add);
                files.Add(file);
            }
        }
    }

    /// <summary>Whether a file is the same for all apps.</summary>
    public static bool IsShared(string file) =>
        file.StartsWith("google/protobuf/", StringComparison.Ordinal) || file.StartsWith("telemetry/v1/", StringComparison.Ordinal);

    /// <summary>Full names of all that a contract defines by itself.</summary>
    public static IEnumerable<string> NamesIn(MessageDescriptor usage) => FilesOf(usage)
        .Where(file => !IsShared(file.Name))
        .SelectMany(file => file.MessageTypes.Select(type => type.FullName)
            .Concat(file.EnumTypes.Select(type => type.FullName))
            .Concat(file.Services.Select(type => type.FullName)));

    private static MessageDescriptor UsageIn(ReadOnlySpan<byte> descriptorSet)
    {
        try
        {
            var set = FileDescriptorSet.Parser.WithExtensionRegistry(Policies).ParseFrom(descriptorSet);
            if (set.File.Count > MaxFiles)
            {
                throw Broken($"has more than {MaxFiles} files");
            }

            var files = Link(set);
            if (files.FirstOrDefault(file => !IsShared(file.Name) && Reserved.Contains(file.Package.Split('.')[0])) is { } taken)
            {
                throw Broken($"has the package {taken.Package}, which belongs to the server; use one of your own");
            }

            var usages = files.SelectMany(file => file.MessageTypes).Where(message => FieldPolicies.Of(message) is not null).ToList();
            return usages.Count == 1
                ? usages[0]
                : throw Broken($"holds {usages.Count} messages with the option (telemetry.v1.app); it must be exactly one, at the top of a file");
        }
        catch (InvalidProtocolBufferException)
        {
            throw NoSet();
        }
    }

    private static IReadOnlyList<FileDescriptor> Link(FileDescriptorSet set)
    {
        try
        {
            return FileDescriptor.BuildFromByteStrings(Ordered(set).Select(file => file.ToByteString()), Policies);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library checks what compilers can get wrong, and stumbles in many ways over what none would write.
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

    private static SchemaException NoSet() =>
        Broken("is not a descriptor set with all its imports; make it with `buf build -o` or `protoc --include_imports -o`");

    private static SchemaException Broken(string rule) => new([new ContractProblem("", rule)]);
}
