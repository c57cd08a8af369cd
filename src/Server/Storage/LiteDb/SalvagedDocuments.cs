using System.Buffers.Binary;
using LiteDB;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Finds documents on LiteDB's data pages without its indexes, any of which may be lost.</summary>
/// <remarks>
/// A data page ends with a table of its blocks, position and length of each, the first one last. A block begins with a
/// byte that tells whether it goes on with another one's document, and the place of the block that goes on with its own.
/// </remarks>
internal static class SalvagedDocuments
{
    private const byte DataPageType = 4;
    private const int TypeOffset = 4;
    private const int HighestIndexOffset = 30;
    private const int NextBlockOffset = 1;
    private const int ContentOffset = 6;
    private const byte NoIndex = byte.MaxValue;

    /// <summary>More than the largest document that the store writes takes.</summary>
    private const int MaxBlocks = 1_000;

    /// <param name="pages">The pages.</param>
    /// <param name="unreadable">Is called for a document of which only a part is left.</param>
    public static IEnumerable<BsonDocument> Find(SalvagedPages pages, Action unreadable)
    {
        var page = new byte[LogPage.Size];
        foreach (var number in pages.Numbers)
        {
            if (!pages.TryRead(number, page) || page[TypeOffset] != DataPageType || page[HighestIndexOffset] == NoIndex)
            {
                continue;
            }

            for (var index = 0; index <= page[HighestIndexOffset]; index++)
            {
                if (BlockOf(page, (byte)index) is not { } block || block.Span[0] != 0)
                {
                    continue;
                }

                if (Assemble(pages, block) is { } document)
                {
                    yield return document;
                }
                else
                {
                    unreadable();
                }
            }
        }
    }

    private static BsonDocument? Assemble(SalvagedPages pages, ReadOnlyMemory<byte> block)
    {
        var content = new MemoryStream();
        var page = new byte[LogPage.Size];
        for (var blocks = 0; blocks < MaxBlocks; blocks++)
        {
            content.Write(block.Span[ContentOffset..]);
            var next = BinaryPrimitives.ReadUInt32LittleEndian(block.Span[NextBlockOffset..]);
            if (next == uint.MaxValue)
            {
                return Parse(content.ToArray());
            }

            var index = block.Span[NextBlockOffset + sizeof(uint)];
            if (!pages.TryRead(next, page) || page[TypeOffset] != DataPageType || BlockOf(page, index) is not { } following)
            {
                return null;
            }

            block = following.ToArray();
        }

        return null;
    }

    private static ReadOnlyMemory<byte>? BlockOf(byte[] page, byte index)
    {
        var entry = page.AsSpan(LogPage.Size - ((index + 1) * 2 * sizeof(ushort)));
        int length = BinaryPrimitives.ReadUInt16LittleEndian(entry);
        int position = BinaryPrimitives.ReadUInt16LittleEndian(entry[sizeof(ushort)..]);
        return position == 0 || length < ContentOffset || position + length > page.Length
            ? null
            : page.AsMemory(position, length);
    }

    private static BsonDocument? Parse(byte[] bytes)
    {
        try
        {
            return BsonSerializer.Deserialize(bytes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Parts of different versions: what the reader makes of them can be anything.
            return null;
        }
    }
}
