using System.Buffers;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.Records;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>
/// Consecutive events in one LiteDB document: a document costs as much as dozens of events, so a commit shares it.
/// </summary>
/// <remarks>Bounded, so that reading one event never reads much more than it.</remarks>
internal static class EventChunk
{
    public const int MaxEvents = 128;
    public const int MaxBytes = 64 * 1024;

    /// <summary>Writes events from <paramref name="first"/> on until the chunk is full.</summary>
    /// <returns>How many.</returns>
    public static int Write(
        ArrayBufferWriter<byte> output, IReadOnlyList<StoredReport> events, int first)
    {
        var next = first;
        while (next < events.Count && next - first < MaxEvents && output.WrittenCount < MaxBytes)
        {
            RecordWriter.Append(output, events[next].Record.Span);
            next++;
        }

        return next - first;
    }

    /// <summary>What is left of a chunk without some numbers, in parts: numbers of a chunk follow each other.</summary>
    public static IEnumerable<(long First, int Count, byte[] Records)> Without(byte[] chunk, long firstNumber, NumberTable gone)
    {
        var (part, first, next) = (new ArrayBufferWriter<byte>(), firstNumber, firstNumber);
        foreach (var record in RecordReader.Split(chunk))
        {
            if (!gone.Holds(next))
            {
                RecordWriter.Append(part, record.Span);
            }
            else
            {
                if (part.WrittenCount > 0)
                {
                    yield return (first, (int)(next - first), part.WrittenSpan.ToArray());
                    part.ResetWrittenCount();
                }

                first = next + 1;
            }

            next++;
        }

        if (part.WrittenCount > 0)
        {
            yield return (first, (int)(next - first), part.WrittenSpan.ToArray());
        }
    }

    /// <summary>Reads the events numbered from <paramref name="from"/> on into <paramref name="events"/>.</summary>
    public static void Read(
        ReadOnlyMemory<byte> chunk, long firstNumber, long from, int maxCount, EpochTable epochs, List<StoredReport> events)
    {
        var number = firstNumber - 1;
        foreach (var record in RecordReader.Split(chunk))
        {
            if (events.Count >= maxCount)
            {
                break;
            }

            if (++number >= from)
            {
                events.Add(StoredReport.Read(new FeedPosition(epochs.EpochOf(number), number), record));
            }
        }
    }
}
