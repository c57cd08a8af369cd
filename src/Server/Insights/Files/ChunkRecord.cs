using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Files;

/// <summary>A chunk as its file has it: everything but its days that are over, of which it has the digests.</summary>
/// <param name="Chunk">The chunk, without those days.</param>
/// <param name="Through">Number of the event up to which it is complete.</param>
/// <param name="Days">How many days are over.</param>
/// <param name="Digests">Of each such day; 0 where nobody reported.</param>
internal sealed record ChunkRecord(Chunk Chunk, long Through, int Days, ulong[] Digests)
{
    /// <param name="writer">Where to.</param>
    /// <param name="chunk">A look at it.</param>
    /// <param name="through">Number of the event up to which it is complete.</param>
    /// <param name="digests">Of the days that are over.</param>
    public static void Write(ByteWriter writer, Chunk chunk, long through, ReadOnlySpan<ulong> digests)
    {
        writer.Value(through);
        writer.Value(chunk.FirstDay);
        writer.Value(chunk.ClosedCount);
        writer.Array(digests);
        chunk.Write(writer);
    }

    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public static ChunkRecord Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes.Span);
        var (through, firstDay, days, digests) = (reader.Value<long>(), reader.Value<int>(), reader.Value<int>(), reader.Span<ulong>().ToArray());
        return digests.Length == days
            ? new ChunkRecord(Chunk.Read(ref reader, firstDay), through, days, digests)
            : throw new InvalidDataException("its days do not add up");
    }

    /// <summary>Puts the days back.</summary>
    /// <param name="days">What is kept of days; a day may be there as it was before an erasure, too.</param>
    /// <param name="oldestDay">The first day that is kept at all.</param>
    /// <exception cref="InvalidDataException">One is missing, or is not the one that was written.</exception>
    /// <returns>Whether there are days that it does not mean.</returns>
    public bool Complete(IReadOnlyCollection<KeptDay> days, int oldestDay)
    {
        var meant = days.Where(day => day.Day - Chunk.FirstDay is var at && at >= 0 && at < Days && day.Digest == Digests[at])
            .DistinctBy(day => day.Day).ToDictionary(day => day.Day);
        var restored = new ClosedDay?[Days];
        for (var at = 0; at < Days; at++)
        {
            var day = Chunk.FirstDay + at;
            if (Digests[at] != 0 && day >= oldestDay)
            {
                restored[at] = meant.TryGetValue(day, out var kept)
                    ? kept.ToDay()
                    : throw new InvalidDataException($"{DayFile.NameOf(day)} does not hold {UtcDay.ToDate(day):yyyy-MM-dd} as it was written");
            }
        }

        Chunk.RestoreDays(restored, Digests);
        return days.Any(day => !meant.TryGetValue(day.Day, out var kept) || kept.Digest != day.Digest);
    }
}
