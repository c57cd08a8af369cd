using System.Buffers;
using System.Buffers.Binary;

namespace Telemetry.Server.Storage.Records;

/// <summary>Writes numbers one after the other, and records behind their lengths.</summary>
/// <remarks>The caller says beforehand how much room a record needs at most.</remarks>
/// <param name="output">Room for everything that is going to be written.</param>
internal ref struct RecordWriter(Span<byte> output)
{
    /// <summary>What a number takes at most.</summary>
    public const int MaxNumber = 16;

    public const int WideSize = 16;

    private readonly Span<byte> _output = output;

    /// <summary>Bytes written so far.</summary>
    public int Written { get; private set; }

    /// <summary>Adds a record to others, its length before it.</summary>
    public static void Append(ArrayBufferWriter<byte> records, ReadOnlySpan<byte> record)
    {
        var writer = new RecordWriter(records.GetSpan(MaxNumber + record.Length));
        writer.Raw((ulong)record.Length);
        record.CopyTo(writer._output[writer.Written..]);
        records.Advance(writer.Written + record.Length);
    }

    public void Wide(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(_output[Written..], value);
        Written += WideSize;
    }

    /// <summary>A number of variable length.</summary>
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
