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
    /// <param name="days">By day: what is kept of it.</param>
    /// <param name="oldestDay">The first day that is kept at all.</param>
    /// <exception cref="InvalidDataException">One is missing, or is not the one that was written.</exception>
    public void Complete(IReadOnlyDictionary<int, KeptDay> days, int oldestDay)
    {
        var restored = new ClosedDay?[Days];
        for (var at = 0; at < Days; at++)
        {
            var day = Chunk.FirstDay + at;
            if (Digests[at] != 0 && day >= oldestDay)
            {
                restored[at] = days.TryGetValue(day, out var kept) && kept.Digest == Digests[at]
                    ? kept.ToDay()
                    : throw new InvalidDataException($"{DayFile.NameOf(day)} does not hold {UtcDay.ToDate(day):yyyy-MM-dd} as it was written");
            }
        }

        Chunk.RestoreDays(restored, Digests);
    }
}
