using System.Runtime.InteropServices;

namespace Telemetry.Server.Storage.State;

/// <summary>One field's value of every installation of an app, each block as narrow as its values allow.</summary>
/// <remarks>
/// A block widens when a value needs it. One that is wide is looked at again after as many changes as it has cells, so that
/// numbers that somebody invented cost no more for long than the ones that took their places. Values are never negative;
/// zero is what nobody set.
/// </remarks>
internal sealed class Column
{
    public const int BlockSize = 4_096;

    private readonly List<byte[]> _blocks = [];

    /// <summary>Of each block that is wide: how often it was set since its width was looked at.</summary>
    private readonly List<ushort> _changes = [];

    /// <summary>Of each block: whether a <see cref="Look"/> has it too.</summary>
    private readonly List<bool> _isShared = [];

    /// <summary>What the cells take.</summary>
    public long Bytes => _blocks.Sum(block => (long)block.Length);

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
                _changes.Add(0);
                _isShared.Add(false);
            }

            if (value > Largest(_blocks[block]))
            {
                Resize(block, WidthOf(value));
            }

            var cells = _blocks[block];
            if (Read(cells, ordinal % BlockSize) != value)
            {
                if (_isShared[block])
                {
                    _blocks[block] = cells = (byte[])cells.Clone();
                    _isShared[block] = false;
                }

                Write(cells, ordinal % BlockSize, value);
            }

            if (cells.Length > BlockSize && ++_changes[block] == BlockSize)
            {
                Resize(block, WidthOf(LargestIn(cells)));
            }
        }
    }

    /// <summary>The cells in blocks, each as wide as its values need.</summary>
    public IReadOnlyList<byte[]> Blocks => _blocks;

    /// <summary>For what is read from a file: the next block, as <see cref="Blocks"/> gave it.</summary>
    public void AddBlock(ReadOnlySpan<byte> cells)
    {
        var block = LastingArray.Of<byte>(cells.Length);
        cells.CopyTo(block);
        _blocks.Add(block);
        _changes.Add(0);
        _isShared.Add(false);
    }

    /// <summary>A column with the same cells, for reading: what changes here afterwards changes a copy of its block.</summary>
    public Column Look()
    {
        var look = new Column();
        look._blocks.AddRange(_blocks);
        for (var block = 0; block < _isShared.Count; block++)
        {
            _isShared[block] = true;
        }

        return look;
    }

    private static ulong Largest(byte[] cells) => ulong.MaxValue >> (64 - (8 * cells.Length / BlockSize));

    private static int WidthOf(ulong value) =>
        value <= byte.MaxValue ? 1 : value <= ushort.MaxValue ? 2 : value <= uint.MaxValue ? 4 : 8;

    private static ulong LargestIn(byte[] cells)
    {
        var largest = 0UL;
        for (var i = 0; i < BlockSize; i++)
        {
            largest = Math.Max(largest, Read(cells, i));
        }

        return largest;
    }

    private void Resize(int block, int width)
    {
        _changes[block] = 0;
        var before = _blocks[block];
        if (before.Length != width * BlockSize)
        {
            var cells = LastingArray.Of<byte>(width * BlockSize);
            for (var i = 0; i < BlockSize; i++)
            {
                Write(cells, i, Read(before, i));
            }

            _blocks[block] = cells;
            _isShared[block] = false;
        }
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
