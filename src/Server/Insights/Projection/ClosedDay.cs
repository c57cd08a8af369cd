namespace Telemetry.Server.Insights.Projection;

/// <summary>One day of one chunk that is over: never changed, only replaced when an installation is erased.</summary>
/// <param name="Count">How many installations were known at its end.</param>
/// <param name="Bits">A bit for each of them: whether it reported on that day.</param>
/// <param name="Changes">
/// By slot of the dimension: what changed since the day before, each as ordinal above 16 bits with the code of before.
/// At most one for each installation; null for none.
/// </param>
/// <param name="StepsBack">Ordinals whose app version became older within the day, as often as it did.</param>
/// <param name="Hours">Accepted reports by hour of the day, 24 counts.</param>
internal sealed record ClosedDay(int Count, ulong[] Bits, uint[]?[] Changes, ushort[] StepsBack, uint[] Hours)
{
    public static uint Change(int ordinal, ushort before) => (uint)ordinal << 16 | before;

    public static int OrdinalOf(uint change) => (int)(change >> 16);

    public static ushort BeforeOf(uint change) => (ushort)change;

    /// <summary>Whether it says anything about an installation.</summary>
    public bool Tells(int ordinal) =>
        (ordinal >> 6 < Bits.Length && (Bits[ordinal >> 6] >> ordinal & 1) != 0) || StepsBack.Contains((ushort)ordinal)
        || Array.Exists(Changes, changes => changes is not null && Array.Exists(changes, change => OrdinalOf(change) == ordinal));

    /// <summary>The changes of a dimension that came later than the day's chunk was written have none here.</summary>
    public ReadOnlySpan<uint> ChangesOf(int slot) => slot < Changes.Length ? Changes[slot] : [];
}
