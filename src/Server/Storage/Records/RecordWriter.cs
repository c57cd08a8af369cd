using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Telemetry.Server.Storage.Records;

/// <summary>Writes tagged fields, as protobuf lays them out on the wire, without an object per message.</summary>
/// <remarks>Zero values and empty texts are left out; a null is left out too, and a known zero goes in as such.</remarks>
internal readonly struct RecordWriter(ArrayBufferWriter<byte> output)
{
    private const int Varint = 0;
    private const int Bytes = 2;
    private const int MaxVarint = 10;

    public void Number(int tag, ulong value)
    {
        if (value != 0)
        {
            Present(tag, value);
        }
    }

    public void Optional(int tag, uint? value)
    {
        if (value is { } known)
        {
            Present(tag, known);
        }
    }

    public void Optional(int tag, bool? value)
    {
        if (value is { } known)
        {
            Present(tag, known ? 1UL : 0UL);
        }
    }

    public void Present(int tag, ulong value)
    {
        Raw((ulong)(tag << 3 | Varint));
        Raw(value);
    }

    public void Text(int tag, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Raw((ulong)(tag << 3 | Bytes));
        Raw((ulong)length);
        Encoding.UTF8.GetBytes(value, output.GetSpan(length));
        output.Advance(length);
    }

    public void Wide(int tag, UInt128 value)
    {
        Raw((ulong)(tag << 3 | Bytes));
        Raw(16);
        BinaryPrimitives.WriteUInt128BigEndian(output.GetSpan(16), value);
        output.Advance(16);
    }

    /// <summary>A varint without a tag, e.g. the length of a record.</summary>
    public void Raw(ulong value)
    {
        var span = output.GetSpan(MaxVarint);
        var length = 0;
        while (value > 0x7f)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        output.Advance(length);
    }
}
