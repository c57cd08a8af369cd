using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Telemetry.Server.Storage.Records;

/// <summary>Writes tagged fields, as protobuf lays them out on the wire, without an object per message.</summary>
/// <remarks>
/// Zero values and empty texts are left out; a null is left out too, and a known zero goes in as such. The caller says
/// beforehand how much room a record needs at most: asking the buffer for each number costs more than the number.
/// </remarks>
/// <param name="output">Room for everything that is going to be written.</param>
internal ref struct RecordWriter(Span<byte> output)
{
    /// <summary>What a field takes at most, apart from a text's characters: a tag, a length, 16 bytes.</summary>
    public const int MaxField = 20;

    /// <summary>What a character of a text takes at most.</summary>
    public const int MaxCharacter = 3;

    private const int Varint = 0;
    private const int Bytes = 2;
    private const int WideSize = 16;

    private readonly Span<byte> _output = output;

    /// <summary>Bytes written so far.</summary>
    public int Written { get; private set; }

    /// <summary>Adds a record to others, its length before it.</summary>
    public static void Append(ArrayBufferWriter<byte> records, ReadOnlySpan<byte> record)
    {
        var writer = new RecordWriter(records.GetSpan(MaxField + record.Length));
        writer.Raw((ulong)record.Length);
        record.CopyTo(writer._output[writer.Written..]);
        records.Advance(writer.Written + record.Length);
    }

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

        Raw((ulong)(tag << 3 | Bytes));
        Raw((ulong)Encoding.UTF8.GetByteCount(value));
        Written += Encoding.UTF8.GetBytes(value, _output[Written..]);
    }

    public void Wide(int tag, UInt128 value)
    {
        Raw((ulong)(tag << 3 | Bytes));
        Raw(WideSize);
        BinaryPrimitives.WriteUInt128BigEndian(_output[Written..], value);
        Written += WideSize;
    }

    /// <summary>A varint without a tag.</summary>
    public void Raw(ulong value)
    {
        var at = Written;
        while (value > 0x7f)
        {
            _output[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _output[at++] = (byte)value;
        Written = at;
    }
}
