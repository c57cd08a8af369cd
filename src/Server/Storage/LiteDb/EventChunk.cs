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
        ArrayBufferWriter<byte> output, ArrayBufferWriter<byte> scratch, IReadOnlyList<StoredReport> events, int first)
    {
        var next = first;
        while (next < events.Count && next - first < MaxEvents && output.WrittenCount < MaxBytes)
        {
            scratch.ResetWrittenCount();
            ReportCodec.Write(scratch, events[next]);
            RecordWriter.Append(output, scratch.WrittenSpan);
            next++;
        }

        return next - first;
    }

    /// <summary>Reads the events numbered from <paramref name="from"/> on into <paramref name="events"/>.</summary>
    public static void Read(
        byte[] chunk, long firstNumber, long from, int maxCount, EpochTable epochs, List<StoredReport> events)
    {
        var reader = new RecordReader(chunk);
        for (var number = firstNumber; !reader.Rest.IsEmpty && events.Count < maxCount; number++)
        {
            var record = reader.Take(reader.Raw());
            if (number >= from)
            {
                events.Add(ReportCodec.Read(record, new FeedPosition(epochs.EpochOf(number), number)));
            }
        }
    }
}
