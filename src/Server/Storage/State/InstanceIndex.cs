using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.State;

/// <summary>Finds the ordinal of an installation: open addressing over ordinals, 8 to 16 bytes an entry.</summary>
/// <remarks>
/// Split into partitions that grow alone, so that growing a large fleet's index never stalls a commit for long. The
/// keys are not repeated here: they are read where they stand. A pseudonym is a hash already and needs no further one.
/// </remarks>
/// <param name="instanceOf">Reads the installation of an ordinal.</param>
internal sealed class InstanceIndex(Func<int, InstanceId> instanceOf)
{
    private const int Partitions = 256;
    private const int FirstSize = 16;

    /// <summary>Where an entry was taken out: searches go on behind it.</summary>
    private const int Removed = -1;

    private readonly int[]?[] _tables = new int[Partitions][];
    private readonly int[] _counts = new int[Partitions];

    /// <returns>The ordinal; -1 when there is none.</returns>
    public int Find(InstanceId instance) => SlotOf(instance) is ({ } table, var slot) ? table[slot] - 1 : -1;

    /// <summary>Takes an ordinal out whose installation can still be read.</summary>
    public void Remove(int ordinal)
    {
        if (SlotOf(instanceOf(ordinal)) is ({ } table, var slot))
        {
            table[slot] = Removed;
        }
    }

    /// <summary>Adds an ordinal whose installation can be read and that is not yet in the index.</summary>
    public void Add(int ordinal)
    {
        var partition = PartitionOf(instanceOf(ordinal));
        var table = _tables[partition] ??= LastingArray.Of<int>(FirstSize);
        if (2 * (_counts[partition] + 1) > table.Length)
        {
            // Entries that were taken out are left behind; where they were many, there is room without a larger table.
            var live = table.Length - table.AsSpan().Count(0) - table.AsSpan().Count(Removed);
            var larger = LastingArray.Of<int>(4 * (live + 1) > table.Length ? 2 * table.Length : table.Length);
            foreach (var entry in table)
            {
                if (entry > 0)
                {
                    Place(larger, entry);
                }
            }

            _tables[partition] = table = larger;
            _counts[partition] = live;
        }

        Place(table, ordinal + 1);
        _counts[partition]++;
    }

    /// <param name="table">Where to.</param>
    /// <param name="entry">Ordinal plus one; zero is a free slot.</param>
    private void Place(int[] table, int entry)
    {
        var slot = SlotOf(instanceOf(entry - 1), table.Length);
        while (table[slot] != 0)
        {
            slot = (slot + 1) & (table.Length - 1);
        }

        table[slot] = entry;
    }

    private (int[]? Table, int Slot) SlotOf(InstanceId instance)
    {
        if (_tables[PartitionOf(instance)] is { } table)
        {
            for (var slot = SlotOf(instance, table.Length); table[slot] != 0; slot = (slot + 1) & (table.Length - 1))
            {
                if (table[slot] > 0 && instanceOf(table[slot] - 1) == instance)
                {
                    return (table, slot);
                }
            }
        }

        return (null, 0);
    }

    private static int PartitionOf(InstanceId instance) => (int)((ulong)instance.Value & (Partitions - 1));

    private static int SlotOf(InstanceId instance, int length) => (int)((ulong)instance.Value >> 8) & (length - 1);
}
