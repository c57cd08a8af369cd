using System.Buffers.Binary;
using Telemetry.Schema;

namespace Telemetry.Server.Storage.Records;

/// <summary>Reads what <see cref="RecordWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">By every member: the bytes are damaged.</exception>
internal ref struct RecordReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The records that <see cref="RecordWriter.Append"/> put one after the other; they share the bytes.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> records)
    {
        for (var at = 0; at < records.Length;)
        {
            var (start, length) = Find(records, at);
            yield return records.Slice(start, length);
            at = start + length;
        }
    }

    public ulong Raw() => Varint.TryTake(ref _rest, out var value) ? value : throw Damaged();

    public UInt128 Wide()
    {
        if (_rest.Length < RecordWriter.WideSize)
        {
            throw Damaged();
        }

        var value = BinaryPrimitives.ReadUInt128BigEndian(_rest);
        _rest = _rest[RecordWriter.WideSize..];
        return value;
    }

    private static (int Start, int Length) Find(ReadOnlyMemory<byte> records, int at)
    {
        var reader = new RecordReader(records.Span[at..]);
        var length = reader.Raw();
        return length <= (ulong)reader.Rest.Length ? (records.Length - reader.Rest.Length, (int)length) : throw Damaged();
    }

    private static InvalidDataException Damaged() =>
        new("A stored record is damaged. Restore the data directory from a backup.");
}
