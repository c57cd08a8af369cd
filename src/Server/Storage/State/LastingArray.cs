namespace Telemetry.Server.Storage.State;

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
