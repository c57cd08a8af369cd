using Google.Protobuf;
using static Google.Protobuf.WireFormat;
using ValueShape = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Telemetry.Dashboard.Data;

/// <param name="Value">How it stands on the wire.</param>
/// <param name="Type">Full name of the message or enum that its values are.</param>
public sealed record FieldShape(string Name, ValueShape Value, bool IsRepeated, string Type);

/// <param name="Fields">By number.</param>
/// <param name="IsMapEntry">Whether it is a key and a value of a map.</param>
public sealed record MessageShape(IReadOnlyDictionary<int, FieldShape> Fields, bool IsMapEntry);

/// <summary>What the messages of a contract have, read from the bytes of its descriptors.</summary>
/// <remarks>The library's own descriptors would be a fortieth of what a first visit loads, and one page needs this much of them.</remarks>
public sealed class ContractShapes
{
    private const int Repeated = 3;

    private readonly Dictionary<string, MessageShape> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<int, string>> _enums = new(StringComparer.Ordinal);

    /// <param name="sets">A google.protobuf.FileDescriptorSet each.</param>
    public ContractShapes(params IEnumerable<ByteString> sets)
    {
        foreach (var file in sets.SelectMany(set => Parts(set, 1)))
        {
            var package = "." + Text(file, 2);
            ReadMessages(file, 4, package);
            ReadEnums(file, 5, package);
        }
    }

    /// <param name="name">In full, with a dot before it.</param>
    public MessageShape? Message(string name) => _messages.GetValueOrDefault(name);

    /// <summary>What a value is called; nothing when the contract does not have it.</summary>
    public string? ValueName(string type, int number) => _enums.GetValueOrDefault(type)?.GetValueOrDefault(number);

    private void ReadMessages(ByteString parent, int field, string scope)
    {
        foreach (var message in Parts(parent, field))
        {
            var name = $"{scope}.{Text(message, 1)}";
            var fields = Parts(message, 2).ToDictionary(
                one => Number(one, 3), one => new FieldShape(Text(one, 1), (ValueShape)Number(one, 5), Number(one, 4) == Repeated, Text(one, 6)));
            _messages[name] = new(fields, Parts(message, 7).Any(options => Number(options, 7) != 0));
            ReadMessages(message, 3, name);
            ReadEnums(message, 4, name);
        }
    }

    private void ReadEnums(ByteString parent, int field, string scope)
    {
        foreach (var type in Parts(parent, field))
        {
            var values = _enums[$"{scope}.{Text(type, 1)}"] = [];
            foreach (var value in Parts(type, 2))
            {
                // The first of several names of one number is its own.
                values.TryAdd(Number(value, 2), Text(value, 1));
            }
        }
    }

    private static IEnumerable<ByteString> Parts(ByteString message, int field)
    {
        var parts = new List<ByteString>();
        using var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (GetTagFieldNumber(tag) == field && GetTagWireType(tag) == WireType.LengthDelimited)
            {
                parts.Add(input.ReadBytes());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return parts;
    }

    private static string Text(ByteString message, int field) => Parts(message, field).LastOrDefault()?.ToStringUtf8() ?? "";

    private static int Number(ByteString message, int field)
    {
        var number = 0;
        using var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (GetTagFieldNumber(tag) == field && GetTagWireType(tag) == WireType.Varint)
            {
                number = input.ReadInt32();
            }
            else
            {
                input.SkipLastField();
            }
        }

        return number;
    }
}
