using System.Runtime.InteropServices;

namespace Telemetry.Server.Storage.State;

/// <summary>One field's value of every installation of an app, each block as narrow as its values allow.</summary>
/// <remarks>A block widens when a value needs it, and stays so. Values are never negative; zero is what nobody set.</remarks>
internal sealed class Column
{
    private const int BlockSize = 4_096;

    private readonly List<byte[]> _blocks = [];

    public ulong this[int ordinal]
    {
        get
        {
            var block = ordinal / BlockSize;
            return block < _blocks.Count ? Read(_blocks[block], ordinal % BlockSize) : 0;
        }

        set
        {
            var block = ordinal / BlockSize;
            while (_blocks.Count <= block)
            {
                _blocks.Add(LastingArray.Of<byte>(BlockSize));
            }

            var cells = _blocks[block];
            if (value > Largest(cells))
            {
                _blocks[block] = cells = Widen(cells, value);
            }

            Write(cells, ordinal % BlockSize, value);
        }
    }

    private static ulong Largest(byte[] cells) => ulong.MaxValue >> (64 - (8 * cells.Length / BlockSize));

    private static byte[] Widen(byte[] cells, ulong value)
    {
        var width = value <= ushort.MaxValue ? 2 : value <= uint.MaxValue ? 4 : 8;
        var wider = LastingArray.Of<byte>(width * BlockSize);
        for (var i = 0; i < BlockSize; i++)
        {
            Write(wider, i, Read(cells, i));
        }

        return wider;
    }

    private static ulong Read(byte[] cells, int index) => cells.Length switch
    {
        BlockSize => cells[index],
        2 * BlockSize => MemoryMarshal.Cast<byte, ushort>(cells.AsSpan())[index],
        4 * BlockSize => MemoryMarshal.Cast<byte, uint>(cells.AsSpan())[index],
        _ => MemoryMarshal.Cast<byte, ulong>(cells.AsSpan())[index],
    };

    private static void Write(byte[] cells, int index, ulong value)
    {
        switch (cells.Length)
        {
            case BlockSize: cells[index] = (byte)value; break;
            case 2 * BlockSize: MemoryMarshal.Cast<byte, ushort>(cells.AsSpan())[index] = (ushort)value; break;
            case 4 * BlockSize: MemoryMarshal.Cast<byte, uint>(cells.AsSpan())[index] = (uint)value; break;
            default: MemoryMarshal.Cast<byte, ulong>(cells.AsSpan())[index] = value; break;
        }
    }
}
