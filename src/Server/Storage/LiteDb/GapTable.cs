namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Numbers whose events were lost to damage and given up by a salvage; they are never given again.</summary>
/// <param name="gaps">From and to, in order.</param>
internal sealed class GapTable(IReadOnlyList<(long First, long Last)> gaps)
{
    /// <returns>The last number of the gap that holds a number; null when none does.</returns>
    public long? Through(long number)
    {
        foreach (var (first, last) in gaps)
        {
            if (number >= first && number <= last)
            {
                return last;
            }
        }

        return null;
    }

    /// <summary>Whether all these numbers are in gaps; true when there are none.</summary>
    public bool Covers(long first, long last)
    {
        while (first <= last && Through(first) is { } through)
        {
            first = through + 1;
        }

        return first > last;
    }
}
