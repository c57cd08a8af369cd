using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Telemetry.Client.Contract;

/// <summary>A message of which only the descriptor is known: read, changed and written without generated code.</summary>
/// <remarks>
/// So an app and a tool that has never heard of the app do the same with its usage. What the descriptor does not have is
/// dropped. Written in one way only: fields by number, maps by key. Whole numbers are held as ulong, or as long where they
/// can be negative or name a value of an enumeration.
/// </remarks>
/// <param name="type">The message's type.</param>
internal sealed class ContractMessage(MessageDescriptor type)
{
    /// <summary>No contract nests deeper; what does is dropped before it exhausts the stack.</summary>
    private const int MaxDepth = 20;

    private readonly SortedDictionary<int, object> _values = [];

    public MessageDescriptor Type => type;

    /// <summary>The fields that are set, by number, with their values.</summary>
    public IEnumerable<(FieldDescriptor Field, object Value)> Values =>
        _values.Select(pair => (type.FindFieldByNumber(pair.Key), pair.Value));

    /// <summary>A field's value; null when it is not set.</summary>
    public object? this[FieldDescriptor field]
    {
        get => _values.GetValueOrDefault(field.FieldNumber);
        set
        {
            if (value is null)
            {
                _values.Remove(field.FieldNumber);
            }
            else
            {
                _values[field.FieldNumber] = value;
            }
        }
    }

    public static ContractMessage Of(IMessage message) => Read(message.Descriptor, message.ToByteString());

    /// <exception cref="InvalidProtocolBufferException">The bytes are no message.</exception>
    public static ContractMessage Read(MessageDescriptor type, ByteString bytes) => Read(type, bytes, 0);

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            foreach (var (field, value) in Values)
            {
                Write(output, field, value);
            }
        }

        return bytes.ToArray();
    }

    private static ContractMessage Read(MessageDescriptor type, ByteString bytes, int depth)
    {
        var message = new ContractMessage(type);
        var input = bytes.CreateCodedInput();
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            var wire = WireFormat.GetTagWireType(tag);
            if (type.FindFieldByNumber(WireFormat.GetTagFieldNumber(tag)) is not { } field)
            {
                input.SkipLastField();
            }
            else if (field.FieldType == FieldType.Message)
            {
                ReadMessage(field);
            }
            else if (wire == ContractValue.WireTypeOf(field))
            {
                message.Add(field, ContractValue.Read(input, field));
            }
            else if (wire == WireFormat.WireType.LengthDelimited && field.IsRepeated)
            {
                var packed = input.ReadBytes().CreateCodedInput();
                while (!packed.IsAtEnd)
                {
                    message.Add(field, ContractValue.Read(packed, field));
                }
            }
            else
            {
                input.SkipLastField();
            }

            void ReadMessage(FieldDescriptor field)
            {
                if (wire != WireFormat.WireType.LengthDelimited || depth >= MaxDepth)
                {
                    input.SkipLastField();
                    return;
                }

                message.Add(field, Read(field.MessageType, input.ReadBytes(), depth + 1));
            }
        }

        return message;
    }

    private void Add(FieldDescriptor field, object value)
    {
        if (ContractMap.Of(field) is { } parts)
        {
            var entry = (ContractMessage)value;
            var map = this[field] as SortedDictionary<string, object> ?? new(StringComparer.Ordinal);
            map[entry[parts.Key] as string ?? ""] = entry[parts.Value] ?? ContractValue.DefaultOf(parts.Value);
            this[field] = map;
        }
        else if (field.IsRepeated)
        {
            var list = this[field] as List<object> ?? [];
            list.Add(value);
            this[field] = list;
        }
        else
        {
            this[field] = value;
        }
    }

    private static void Write(CodedOutputStream output, FieldDescriptor field, object value)
    {
        switch (value)
        {
            case SortedDictionary<string, object> map:
                var parts = ContractMap.Of(field)!;
                foreach (var (key, counted) in map)
                {
                    Write(output, field, new ContractMessage(field.MessageType) { [parts.Key] = key, [parts.Value] = counted });
                }

                break;
            case List<object> list:
                foreach (var one in list)
                {
                    Write(output, field, one);
                }

                break;
            case ContractMessage message:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message.ToBytes()));
                break;
            default:
                output.WriteTag(field.FieldNumber, ContractValue.WireTypeOf(field));
                ContractValue.Write(output, field, value);
                break;
        }
    }
}
