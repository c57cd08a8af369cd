using System.Buffers;
using Telemetry.Server.Storage.Records;

namespace Telemetry.Server.Storage.LiteDb.Segments;

/// <summary>Writes a segment's file, a part at a time.</summary>
/// <remarks>
/// Chunks that small commits made are packed anew into full ones. Each part is synced by itself: one sync of everything at
/// the end would hold up the commit that syncs beside it.
/// </remarks>
internal sealed class SegmentWriter : IDisposable
{
    private const int PartSize = 1024 * 1024;

    private readonly IStorageFile _file;
    private readonly List<SegmentEntry> _entries = [];
    private readonly ArrayBufferWriter<byte> _part = new(PartSize + (2 * EventChunk.MaxBytes));
    private readonly ArrayBufferWriter<byte> _chunk = new(2 * EventChunk.MaxBytes);
    private long _written;
    private long _first;
    private int _count;

    public SegmentWriter(IStorageFile file)
    {
        _file = file;
        // What an attempt before left.
        file.SetLength(0);
        _part.Write(SegmentFormat.Magic);
    }

    public long Length => _written + _part.WrittenCount + _chunk.WrittenCount;

    public void Add(long number, ReadOnlySpan<byte> record)
    {
        if (_count == EventChunk.MaxEvents || _chunk.WrittenCount >= EventChunk.MaxBytes || number != _first + _count)
        {
            EndChunk();
            _first = number;
        }

        RecordWriter.Append(_chunk, record);
        _count++;
    }

    /// <returns>The segment, which is on disk.</returns>
    public Segment Finish(int revision, long atMs)
    {
        EndChunk();
        var index = SegmentFormat.WriteIndex(_entries, _written + _part.WrittenCount, atMs);
        _part.Write(index);
        WritePart();
        return new Segment(
            _entries[0].First, _entries[^1].Last, revision, atMs, _written, BitConverter.ToUInt64(index.AsSpan()[^sizeof(ulong)..]));
    }

    public void Dispose() => _file.Dispose();

    private void EndChunk()
    {
        if (_count == 0)
        {
            return;
        }

        var head = _part.GetSpan(SegmentFormat.ChunkHeadSize);
        SegmentFormat.WriteChunkHead(head, _first, _count, _chunk.WrittenSpan);
        var entry = new SegmentEntry(
            _first, _written + _part.WrittenCount, _count, _chunk.WrittenCount,
            BitConverter.ToUInt64(head[(SegmentFormat.ChunkHeadSize - sizeof(ulong))..]));
        _entries.Add(entry);
        _part.Advance(SegmentFormat.ChunkHeadSize);
        _part.Write(_chunk.WrittenSpan);
        _chunk.ResetWrittenCount();
        _count = 0;
        if (_part.WrittenCount >= PartSize)
        {
            WritePart();
        }
    }

    private void WritePart()
    {
        _file.Write(_part.WrittenSpan, _written);
        _file.Sync();
        _written += _part.WrittenCount;
        _part.ResetWrittenCount();
    }
}
