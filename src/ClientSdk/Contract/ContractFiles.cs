using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Contract;

/// <summary>An app's contract as bytes, for whoever has no generated code for it: a tool, on a disk or over the network.</summary>
internal static class ContractFiles
{
    private const int MaxFiles = 100;

    /// <summary>Always there, and never taken from elsewhere.</summary>
    private static readonly FileDescriptor[] Known =
        [FileDescriptor.DescriptorProtoFileDescriptor, FieldPolicyReflection.Descriptor];

    private static readonly ExtensionRegistry Options = new() { FieldPolicyExtensions.FieldPolicy, FieldPolicyExtensions.App };

    /// <summary>A google.protobuf.FileDescriptorSet with everything that a message needs and that is not always there.</summary>
    public static byte[] Pack(MessageDescriptor message)
    {
        var set = new FileDescriptorSet();
        Add(message.File);
        return set.ToByteArray();

        void Add(FileDescriptor file)
        {
            if (set.File.All(known => known.Name != file.Name) && Known.All(known => known.Name != file.Name))
            {
                foreach (var imported in file.Dependencies)
                {
                    Add(imported);
                }

                set.File.Add(FileDescriptorProto.Parser.ParseFrom(file.SerializedData));
            }
        }
    }

    /// <summary>The message of that name; null when the bytes are no such set, or it is not in there.</summary>
    public static MessageDescriptor? Find(byte[] set, string fullName)
    {
        try
        {
            return Find(FileDescriptorSet.Parser.ParseFrom(set).File.Select(file => file.ToByteString()), fullName);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The message of that name; null when the files, in any order, do not make one.</summary>
    public static MessageDescriptor? Find(IEnumerable<ByteString> files, string fullName)
    {
        try
        {
            return FileDescriptor.BuildFromByteStrings(InOrder(files), Options)
                .Select(file => file.FindTypeByName<MessageDescriptor>(NameIn(file, fullName)))
                .FirstOrDefault(found => found?.FullName == fullName);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or DescriptorValidationException or ArgumentException
            or InvalidOperationException or KeyNotFoundException)
        {
            // Somebody's bytes, from a disk or a server.
            return null;
        }
    }

    private static string NameIn(FileDescriptor file, string fullName) =>
        file.Package.Length > 0 && fullName.StartsWith(file.Package + ".", StringComparison.Ordinal)
            ? fullName[(file.Package.Length + 1)..]
            : fullName;

    /// <summary>What is imported comes before what imports it.</summary>
    private static List<ByteString> InOrder(IEnumerable<ByteString> files)
    {
        var byName = Known.ToDictionary(
            file => file.Name,
            file => (file.SerializedData, Imports: (IList<string>)[.. file.Dependencies.Select(one => one.Name)]));
        foreach (var bytes in files.Take(MaxFiles))
        {
            var file = FileDescriptorProto.Parser.ParseFrom(bytes);
            byName.TryAdd(file.Name, (bytes, file.Dependency));
        }

        var (ordered, seen) = (new List<ByteString>(), new HashSet<string>());
        foreach (var name in byName.Keys)
        {
            Add(name);
        }

        return ordered;

        void Add(string name)
        {
            if (seen.Add(name))
            {
                foreach (var imported in byName[name].Imports)
                {
                    Add(imported);
                }

                ordered.Add(byName[name].SerializedData);
            }
        }
    }
}
