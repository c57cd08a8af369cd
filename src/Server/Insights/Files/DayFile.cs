using System.Globalization;
using System.IO.Hashing;
using Telemetry.DataFiles;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Files;

/// <summary>A chunk's days that are over: one file a month, to which every day is added once.</summary>
/// <remarks>
/// A record is its length, its checksum and its bytes. What a crash left half at the end is cut off; of a day that is there
/// twice the one counts that the chunk's file means. They are data: once raw reports are gone, nothing else tells of those days.
/// </remarks>
internal static class DayFile
{
    private const int MaxRecord = 64 * 1024 * 1024;

    public static string NameOf(int day) => UtcDay.ToDate(day).ToString("'days-'yyyy-MM'.bin'", CultureInfo.InvariantCulture);

    /// <summary>The last day of a file's month.</summary>
    public static int LastDayOf(string path) => UtcDay.EndOfMonth(UtcDay.Of(
        DateOnly.ParseExact(Path.GetFileName(path), "'days-'yyyy-MM'.bin'", CultureInfo.InvariantCulture)));

    /// <summary>Adds days, and returns when they are on disk.</summary>
    /// <exception cref="IOException">Some or all are not.</exception>
    public static void Append(string directory, IEnumerable<KeptDay> days)
    {
        foreach (var month in days.GroupBy(day => NameOf(day.Day)))
        {
            var path = Path.Combine(directory, month.Key);
            var isNew = !File.Exists(path);
            using (var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                var before = file.Seek(0, SeekOrigin.End);
                try
                {
                    foreach (var day in month)
                    {
                        file.Write(RecordOf(day));
                    }

                    file.Flush(flushToDisk: true);
                }
                catch
                {
                    // What comes after half a record could not be found again.
                    file.SetLength(before);
                    throw;
                }
            }

            if (isNew)
            {
                DurableFile.SyncDirectoryOf(path);
            }
        }
    }

    /// <summary>Rewrites a file without the days that are not to be kept; a crash leaves the one of before or the new one.</summary>
    /// <exception cref="IOException">It cannot be written; it is as it was.</exception>
    public static void Keep(string path, Predicate<KeptDay> isKept)
    {
        var days = Read(path);
        var kept = days.FindAll(isKept);
        if (kept.Count == days.Count)
        {
            return;
        }

        if (kept.Count == 0)
        {
            File.Delete(path);
            DurableFile.SyncDirectoryOf(path);
            return;
        }

        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            kept.ForEach(day => file.Write(RecordOf(day)));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DurableFile.SyncDirectoryOf(path);
    }

    private static ReadOnlySpan<byte> RecordOf(KeptDay day)
    {
        var record = new ByteWriter();
        record.Array(day.Bytes.Span);
        record.Value(day.Digest);
        return record.Written;
    }

    /// <summary>All days of a file up to where it ends or is not what was written.</summary>
    public static List<KeptDay> Read(string path)
    {
        var days = new List<KeptDay>();
        var bytes = File.ReadAllBytes(path);
        var whole = 0;
        while (whole + sizeof(int) <= bytes.Length)
        {
            var length = BitConverter.ToInt32(bytes, whole);
            var next = whole + sizeof(int) + (long)length + sizeof(ulong);
            if (length is < 0 or > MaxRecord || next > bytes.Length)
            {
                break;
            }

            var record = bytes.AsMemory(whole + sizeof(int), length);
            if (XxHash64.HashToUInt64(record.Span) != BitConverter.ToUInt64(bytes, whole + sizeof(int) + length))
            {
                break;
            }

            days.Add(KeptDay.Read(record));
            whole = (int)next;
        }

        if (whole < bytes.Length)
        {
            // Whoever needs what follows finds that it is missing.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.SetLength(whole);
        }

        return days;
    }
}

/// <summary>One day of one chunk as it is kept.</summary>
/// <param name="App">The app.</param>
/// <param name="Chunk">The chunk's place among the app's.</param>
/// <param name="Day">The day.</param>
/// <param name="Bytes">Everything, as it is written.</param>
internal sealed record KeptDay(string App, int Chunk, int Day, ReadOnlyMemory<byte> Bytes)
{
    public ulong Digest => XxHash64.HashToUInt64(Bytes.Span);

    public static KeptDay Of(string app, int chunk, int day, ClosedDay closed)
    {
        var writer = new ByteWriter();
        writer.Text(app);
        writer.Value(chunk);
        writer.Value(day);
        Write(writer, closed);
        return new KeptDay(app, chunk, day, writer.Written.ToArray());
    }

    public static KeptDay Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes.Span);
        return new KeptDay(reader.Text(), reader.Value<int>(), reader.Value<int>(), bytes);
    }

    public ClosedDay ToDay()
    {
        var reader = new ByteReader(Bytes.Span);
        reader.Text();
        reader.Value<int>();
        reader.Value<int>();
        return Read(ref reader);
    }

    public static void Write(ByteWriter writer, ClosedDay day)
    {
        writer.Value(day.Count);
        writer.Array<ulong>(day.Bits);
        writer.Value(day.Changes.Length);
        foreach (var changes in day.Changes)
        {
            writer.Array<uint>(changes);
        }

        writer.Array<ushort>(day.StepsBack);
        writer.Array<uint>(day.Hours);
    }

    public static ClosedDay Read(ref ByteReader reader)
    {
        var (count, bits, changes) = (reader.Value<int>(), reader.Span<ulong>().ToArray(), new uint[reader.Value<int>()][]);
        for (var slot = 0; slot < changes.Length; slot++)
        {
            changes[slot] = reader.Span<uint>() is { Length: > 0 } some ? some.ToArray() : null!;
        }

        return new ClosedDay(count, bits, changes, reader.Span<ushort>().ToArray(), reader.Span<uint>().ToArray());
    }
}
