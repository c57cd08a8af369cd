namespace Telemetry.Server.Storage.State;

/// <summary>All rows by ordinal, in blocks, so that growing never copies and a block is what a snapshot slot holds.</summary>
internal sealed class InstanceRows(int blockSize)
{
    private readonly List<InstanceRow[]> _blocks = [];

    public int BlockSize => blockSize;

    public int Count { get; private set; }

    public int Blocks => _blocks.Count;

    public ref InstanceRow this[int ordinal] => ref _blocks[ordinal / blockSize][ordinal % blockSize];

    /// <summary>Makes every ordinal below <paramref name="count"/> exist; new rows are vacant.</summary>
    public void GrowTo(int count)
    {
        while (_blocks.Count * blockSize < count)
        {
            _blocks.Add(LastingArray.Of<InstanceRow>(blockSize));
        }

        Count = Math.Max(Count, count);
    }
}
