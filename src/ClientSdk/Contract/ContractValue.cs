using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Telemetry.Client.Contract;

/// <summary>Single values of a <see cref="ContractMessage"/>: on the wire, and in words.</summary>
internal static class ContractValue
{
    public static WireFormat.WireType WireTypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireFormat.WireType.Fixed64,
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireFormat.WireType.Fixed32,
        FieldType.String or FieldType.Bytes or FieldType.Message => WireFormat.WireType.LengthDelimited,
        // Never begins a field, so that a group is passed over.
        FieldType.Group => WireFormat.WireType.EndGroup,
        _ => WireFormat.WireType.Varint,
    };

    public static object Read(CodedInputStream input, FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bool => input.ReadBool(),
        FieldType.String => input.ReadString(),
        FieldType.Bytes => input.ReadBytes(),
        FieldType.Double => input.ReadDouble(),
        FieldType.Float => (double)input.ReadFloat(),
        FieldType.UInt32 => (ulong)input.ReadUInt32(),
        FieldType.UInt64 => input.ReadUInt64(),
        FieldType.Fixed32 => (ulong)input.ReadFixed32(),
        FieldType.Fixed64 => input.ReadFixed64(),
        FieldType.SInt32 => (long)input.ReadSInt32(),
        FieldType.SInt64 => input.ReadSInt64(),
        FieldType.SFixed32 => (long)input.ReadSFixed32(),
        FieldType.SFixed64 => input.ReadSFixed64(),
        FieldType.Int64 => input.ReadInt64(),
        FieldType.Enum => (long)input.ReadEnum(),
        _ => (long)input.ReadInt32(),
    };

    public static void Write(CodedOutputStream output, FieldDescriptor field, object value)
    {
        switch (field.FieldType)
        {
            case FieldType.Bool:
                output.WriteBool((bool)value);
                break;
            case FieldType.String:
                output.WriteString((string)value);
                break;
            case FieldType.Bytes:
                output.WriteBytes((ByteString)value);
                break;
            case FieldType.Double:
                output.WriteDouble((double)value);
                break;
            case FieldType.Float:
                output.WriteFloat((float)(double)value);
                break;
            case FieldType.UInt32:
                // Folding labels may have added up more than fits.
                output.WriteUInt32((uint)Math.Min((ulong)value, uint.MaxValue));
                break;
            case FieldType.UInt64:
                output.WriteUInt64((ulong)value);
                break;
            case FieldType.Fixed32:
                output.WriteFixed32((uint)(ulong)value);
                break;
            case FieldType.Fixed64:
                output.WriteFixed64((ulong)value);
                break;
            case FieldType.SInt32:
                output.WriteSInt32((int)(long)value);
                break;
            case FieldType.SInt64:
                output.WriteSInt64((long)value);
                break;
            case FieldType.SFixed32:
                output.WriteSFixed32((int)(long)value);
                break;
            case FieldType.SFixed64:
                output.WriteSFixed64((long)value);
                break;
            default:
                output.WriteInt64((long)value);
                break;
        }
    }

    /// <summary>What a map's entry holds that leaves its value out.</summary>
    public static object DefaultOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bool => false,
        FieldType.String => "",
        FieldType.Bytes => ByteString.Empty,
        FieldType.Double or FieldType.Float => 0d,
        FieldType.UInt32 or FieldType.UInt64 or FieldType.Fixed32 or FieldType.Fixed64 => 0ul,
        FieldType.Message => new ContractMessage(field.MessageType),
        _ => 0L,
    };

    /// <summary>A value as people read it: "yes", "12", "sql-server", "projector: 3, wifi: 1".</summary>
    public static string Text(FieldDescriptor field, object value) => value switch
    {
        bool flag => flag ? "yes" : "no",
        SortedDictionary<string, object> map => string.Join(
            ", ", map.Select(pair => $"{pair.Key}: {Text(ContractMap.Of(field)!.Value, pair.Value)}")),
        List<object> list => string.Join(", ", list.Select(one => Text(field, one))),
        long number when field.FieldType == FieldType.Enum => NameOf(field.EnumType, (int)number),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        ByteString bytes => bytes.ToBase64(),
        _ => value.ToString() ?? "",
    };

    /// <summary>A value of an enumeration without its enumeration's name: "DATABASE_SQL_SERVER" is "sql-server".</summary>
    private static string NameOf(EnumDescriptor type, int number)
    {
        if (type.FindValueByNumber(number)?.Name is not { } name)
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        var start = 0;
        foreach (var letter in type.Name)
        {
            start += start < name.Length && name[start] == '_' ? 1 : 0;
            if (start >= name.Length || char.ToUpperInvariant(letter) != char.ToUpperInvariant(name[start]))
            {
                return Words(name);
            }

            start++;
        }

        return start < name.Length - 1 && name[start] == '_' ? Words(name[(start + 1)..]) : Words(name);

        static string Words(string name) => name.Replace('_', '-').ToLowerInvariant();
    }
}
