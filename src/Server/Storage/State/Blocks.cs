namespace Telemetry.Server.Storage.State;

/// <summary>Items by ordinal, in blocks, so that growing never copies and a block is what a snapshot slot holds.</summary>
internal sealed class Blocks<T>(int blockSize)
    where T : unmanaged
{
    private readonly List<T[]> _blocks = [];

    public int BlockSize => blockSize;

    public int Count { get; private set; }

    public int BlockCount => _blocks.Count;

    public ref T this[int ordinal] => ref _blocks[ordinal / blockSize][ordinal % blockSize];

    /// <summary>Makes every ordinal below <paramref name="count"/> exist; new items are all zeros.</summary>
    public void GrowTo(int count)
    {
        while (_blocks.Count * blockSize < count)
        {
            _blocks.Add(LastingArray.Of<T>(blockSize));
        }

        Count = Math.Max(Count, count);
    }
}

/// <summary>Arrays of the state: rows live as long as the process, an index table until it is full.</summary>
internal static class LastingArray
{
    /// <summary>
    /// Where the collector never moves it: a fleet that grows would otherwise have every new part of its state copied
    /// twice on the way to the old generation, tens of megabytes in one pause.
    /// </summary>
    public static T[] Of<T>(int length)
        where T : unmanaged => GC.AllocateArray<T>(length, pinned: true);
}
