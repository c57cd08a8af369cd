using System.Buffers.Binary;
using System.Text;

namespace Telemetry.Server.Storage.Records;

/// <summary>Reads what <see cref="RecordWriter"/> wrote. Fields of a newer version are passed over.</summary>
/// <exception cref="InvalidDataException">By every member: the bytes are damaged.</exception>
internal ref struct RecordReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The next field: its tag, and either its number or its bytes.</summary>
    public bool Next(out int tag, out ulong number, out ReadOnlySpan<byte> bytes)
    {
        tag = 0;
        number = 0;
        bytes = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var key = Raw();
        tag = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                number = Raw();
                return true;
            case 2:
                bytes = Take(Raw());
                return true;
            default:
                throw Damaged();
        }
    }

    public ulong Raw() => Varint.TryTake(ref _rest, out var value) ? value : throw Damaged();

    public ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw Damaged();
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    public static UInt128 Wide(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : throw Damaged();

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static InvalidDataException Damaged() =>
        new("A stored record is damaged. Restore the data directory from a backup.");
}
