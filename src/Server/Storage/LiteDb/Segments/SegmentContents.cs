using Telemetry.Server.Storage.Records;

namespace Telemetry.Server.Storage.LiteDb.Segments;

/// <summary>A segment's file read whole, for verification and salvage.</summary>
internal static class SegmentContents
{
    /// <param name="content">The file's bytes.</param>
    /// <param name="damagedAt">The first place that is not what was written.</param>
    /// <returns>Its index; null when not every byte is what was written.</returns>
    public static SegmentIndex? TryReadWhole(byte[] content, out long? damagedAt)
    {
        damagedAt = 0;
        if (!content.AsSpan().StartsWith(SegmentFormat.Magic))
        {
            return null;
        }

        damagedAt = null;
        using var file = new ReadOnlyBytes(content);
        if (SegmentFormat.TryReadIndex(file, content.Length) is not { } index)
        {
            return null;
        }

        long next = SegmentFormat.Magic.Length;
        foreach (var entry in index.Entries)
        {
            damagedAt = next;
            if (entry.Offset != next || SegmentFormat.TryReadChunk(content.AsSpan((int)next)) is not { } chunk
                || (chunk.First, chunk.Count, chunk.Length, chunk.Check) != (entry.First, entry.Count, entry.Length, entry.Check))
            {
                return null;
            }

            next += SegmentFormat.ChunkHeadSize + entry.Length;
        }

        damagedAt = next;
        return next == content.Length - SegmentFormat.TailSize - (index.Entries.Length * SegmentFormat.EntrySize) ? index : null;
    }

    /// <summary>Every event in chunks that prove themselves, wherever they are.</summary>
    public static IEnumerable<(long Number, ReadOnlyMemory<byte> Record)> FindProvable(byte[] content)
    {
        for (var at = 0; at < content.Length;)
        {
            if (SegmentFormat.TryReadChunk(content.AsSpan(at)) is { } chunk)
            {
                var number = chunk.First;
                foreach (var record in RecordReader.Split(content.AsMemory(at + SegmentFormat.ChunkHeadSize, chunk.Length)))
                {
                    yield return (number++, record);
                }

                at += SegmentFormat.ChunkHeadSize + chunk.Length;
            }
            else
            {
                var found = content.AsSpan(at + 1).IndexOf(SegmentFormat.ChunkMagic);
                at = found < 0 ? content.Length : at + 1 + found;
            }
        }
    }

    private sealed class ReadOnlyBytes(byte[] content) : IStorageFile
    {
        public long Length => content.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            var count = (int)Math.Clamp(content.Length - offset, 0, buffer.Length);
            content.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset) => throw new NotSupportedException();

        public void SetLength(long length) => throw new NotSupportedException();

        public void Sync() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
