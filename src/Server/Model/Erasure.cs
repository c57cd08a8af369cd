namespace Telemetry.Server.Model;

/// <summary>One installation of one app whose reports were erased. It names nobody: only numbers, and a tombstone.</summary>
/// <param name="Sequence">1, 2, 3 and so on.</param>
/// <param name="After">Number of the newest event at that time.</param>
/// <param name="Time">When; whole milliseconds.</param>
/// <param name="App">The app's slug.</param>
/// <param name="Numbers">Of the erased reports that were still kept, ascending, merged where adjacent.</param>
/// <param name="Tombstone">By which the same installation would be known again, in an older backup.</param>
/// <param name="OwnerMark">By which its owner is known again when he asks once more; 0 when it had none.</param>
internal sealed record Erasure(
    long Sequence, long After, DateTimeOffset Time, string App, IReadOnlyList<NumberRange> Numbers, UInt128 Tombstone, ulong OwnerMark = 0)
{
    public long Reports => Numbers.Sum(range => range.Last - range.First + 1);
}

/// <summary>Seats of one installation that were given up because it was erased.</summary>
/// <param name="Time">When; whole milliseconds.</param>
/// <param name="Tombstone">By which the same installation would be known again among the seats of an older backup.</param>
internal readonly record struct ErasedSeats(DateTimeOffset Time, UInt128 Tombstone);

/// <summary>Numbers of events.</summary>
internal readonly record struct NumberRange(long First, long Last);
