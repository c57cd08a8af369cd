using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Telemetry.Server.Storage.LiteDb.Segments;

/// <summary>How a segment lies in its file: a head, chunks with a head each, an index of them, a tail.</summary>
/// <remarks>
/// A reader finds a chunk by the index. A salvage finds chunks by their own heads, wherever they are: each proves itself.
/// Little-endian, as every machine is that .NET runs on here.
/// </remarks>
internal static class SegmentFormat
{
    /// <summary>What the file is, and the version of its layout.</summary>
    public static ReadOnlySpan<byte> Magic => "TLM-SEG1"u8;

    public static ReadOnlySpan<byte> ChunkMagic => [0xAB, 0x43, 0x48, 0x4B];

    public const int ChunkHeadSize = 32;
    public const int EntrySize = 32;
    public const int TailSize = 32;

    private const int ChecksumAt = 24;

    /// <summary>The head of a chunk: mark, count, number of the first event, length, zeros, checksum of all that and of the chunk.</summary>
    public static void WriteChunkHead(Span<byte> head, long first, int count, ReadOnlySpan<byte> chunk)
    {
        head[..ChunkHeadSize].Clear();
        ChunkMagic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], count);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], first);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], chunk.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(head[ChecksumAt..], Checked(head, chunk));
    }

    /// <returns>The chunk at the beginning of these bytes; null when there is none that is whole.</returns>
    public static (long First, int Count, int Length, ulong Check)? TryReadChunk(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < ChunkHeadSize || !bytes.StartsWith(ChunkMagic))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]);
        var check = BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumAt..]);
        return length < 0 || length > bytes.Length - ChunkHeadSize || check != Checked(bytes, bytes.Slice(ChunkHeadSize, length))
            ? null
            : (BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]), length, check);
    }

    /// <summary>Index and tail.</summary>
    public static byte[] WriteIndex(IReadOnlyList<SegmentEntry> entries, long offset, long atMs)
    {
        var bytes = new byte[(entries.Count * EntrySize) + TailSize];
        for (var at = 0; at < entries.Count; at++)
        {
            var entry = entries[at];
            MemoryMarshal.Write(bytes.AsSpan(at * EntrySize), in entry);
        }

        var tail = bytes.AsSpan(entries.Count * EntrySize);
        BinaryPrimitives.WriteInt64LittleEndian(tail, offset);
        BinaryPrimitives.WriteInt64LittleEndian(tail[8..], atMs);
        BinaryPrimitives.WriteInt32LittleEndian(tail[16..], entries.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(tail[ChecksumAt..], XxHash3.HashToUInt64(bytes.AsSpan(0, bytes.Length - sizeof(ulong))));
        return bytes;
    }

    /// <summary>Reads index and tail.</summary>
    /// <returns>Null when they are not whole.</returns>
    public static SegmentIndex? TryReadIndex(IStorageFile file, long length)
    {
        Span<byte> tail = stackalloc byte[TailSize];
        if (length < TailSize || file.Length != length || file.Read(tail, length - TailSize) != TailSize)
        {
            return null;
        }

        var (offset, count) = (BinaryPrimitives.ReadInt64LittleEndian(tail), BinaryPrimitives.ReadInt32LittleEndian(tail[16..]));
        if (count <= 0 || count > length / EntrySize || offset != length - TailSize - ((long)count * EntrySize))
        {
            return null;
        }

        var bytes = new byte[(count * EntrySize) + TailSize];
        var check = BinaryPrimitives.ReadUInt64LittleEndian(tail[ChecksumAt..]);
        return file.Read(bytes, offset) == bytes.Length && XxHash3.HashToUInt64(bytes.AsSpan(0, bytes.Length - sizeof(ulong))) == check
            ? new SegmentIndex(
                MemoryMarshal.Cast<byte, SegmentEntry>(bytes.AsSpan(0, count * EntrySize)).ToArray(),
                BinaryPrimitives.ReadInt64LittleEndian(tail[8..]), check)
            : null;
    }

    private static ulong Checked(ReadOnlySpan<byte> head, ReadOnlySpan<byte> chunk) =>
        XxHash3.HashToUInt64(chunk, (long)XxHash3.HashToUInt64(head[..ChecksumAt]));
}

/// <summary>A chunk of a segment.</summary>
/// <param name="First">Number of its first event.</param>
/// <param name="Offset">Where its head begins.</param>
/// <param name="Count">How many events.</param>
/// <param name="Length">Bytes without the head.</param>
/// <param name="Check">The checksum that its head has too.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SegmentEntry(long First, long Offset, int Count, int Length, ulong Check)
{
    public long Last => First + Count - 1;
}

/// <summary>A segment's chunks.</summary>
/// <param name="Entries">In the order of their numbers.</param>
/// <param name="AtMs">See <see cref="Segment.AtMs"/>.</param>
/// <param name="Check">Checksum of all that.</param>
internal sealed record SegmentIndex(SegmentEntry[] Entries, long AtMs, ulong Check);
