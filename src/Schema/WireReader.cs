using System.Buffers.Binary;
using System.Text.Unicode;

namespace Telemetry.Schema;

/// <summary>Reads protobuf's wire format field by field, without an object per message.</summary>
/// <remarks>
/// Source: the encoding as protobuf.dev/programming-guides/encoding describes it. A field of another wire type than
/// expected is one to skip, as for the generated parsers. They cut a number to the width of its field, so that 2^32 + 5
/// rooms are 5; here such bytes are refused.
/// </remarks>
/// <exception cref="InvalidDataException">By every member: the bytes are no message.</exception>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    public const uint Varint = 0;
    public const uint Fixed64 = 1;
    public const uint Bytes = 2;

    private const uint StartGroup = 3;
    private const uint EndGroup = 4;
    private const uint Fixed32 = 5;
    private const int TypeBits = 3;
    private const int MaxGroupDepth = 100;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The next field's tag: its number above the three bits of its wire type; 0 at the end.</summary>
    public uint Next()
    {
        if (_rest.IsEmpty)
        {
            return 0;
        }

        var tag = UInt32();
        return tag >> TypeBits == 0 ? throw Malformed() : tag;
    }

    public uint UInt32() => UInt64() is var value and <= uint.MaxValue ? (uint)value : throw Malformed();

    /// <summary>A negative one comes with the sign in all its 64 bits.</summary>
    public int Int32() => UInt64() is var value && (value <= uint.MaxValue || (long)value is >= int.MinValue and < 0)
        ? (int)value
        : throw Malformed();

    public bool Bool() => UInt64() != 0;

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    /// <summary>A message inside this one.</summary>
    public ReadOnlySpan<byte> Message() => Take(UInt32());

    public ReadOnlySpan<byte> Utf8Text()
    {
        var text = Message();
        return Utf8.IsValid(text) ? text : throw Malformed();
    }

    /// <summary>Passes over the field whose tag was read last.</summary>
    public void Skip(uint tag) => Skip(tag, depth: 0);

    private void Skip(uint tag, int depth)
    {
        switch (tag & ((1 << TypeBits) - 1))
        {
            case Varint: UInt64(); break;
            case Fixed64: Take(sizeof(ulong)); break;
            case Bytes: Message(); break;
            case Fixed32: Take(sizeof(uint)); break;
            case StartGroup when depth < MaxGroupDepth: SkipGroup(tag - StartGroup + EndGroup, depth); break;
            default: throw Malformed();
        }
    }

    private void SkipGroup(uint end, int depth)
    {
        for (var tag = Next(); tag != end; tag = Next())
        {
            // The end of the message is a tag of 0 here: a group that nothing closes.
            if (tag == 0)
            {
                throw Malformed();
            }

            Skip(tag, depth + 1);
        }
    }

    public ulong UInt64() => Schema.Varint.TryTake(ref _rest, out var value) ? value : throw Malformed();

    private ReadOnlySpan<byte> Take(uint length)
    {
        if (length > (uint)_rest.Length)
        {
            throw Malformed();
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private static InvalidDataException Malformed() => new("The bytes are no protobuf message.");
}
