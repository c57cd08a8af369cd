using System.Buffers.Binary;
using System.IO.Hashing;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>A page as the data file holds it: with a checksum where LiteDB keeps the transaction, which is none there.</summary>
/// <remarks>The number is part of the page and checked with it, so a page in another one's place is found out too.</remarks>
internal static class DataPage
{
    /// <summary>Makes a page of the log one of the data file.</summary>
    public static void Seal(Span<byte> page)
    {
        LogPage.TakeOutTransaction(page);
        BinaryPrimitives.WriteUInt32LittleEndian(page[LogPage.TransactionOffset..], ChecksumOf(page));
    }

    /// <summary>Makes it what LiteDB expects.</summary>
    /// <returns>False when it is not the page that was written there.</returns>
    public static bool TryOpen(Span<byte> page, uint number)
    {
        var checksum = LogPage.TransactionOf(page);
        var isOutside = !LogPage.IsConfirmed(page);
        LogPage.TakeOutTransaction(page);
        return isOutside && LogPage.NumberOf(page) == number && checksum == ChecksumOf(page);
    }

    public static StoreDamagedException Damaged(uint number) =>
        new(StoreFiles.Data, (long)number * LogPage.Size, "the page there is not the one that was written");

    private static uint ChecksumOf(ReadOnlySpan<byte> page) => (uint)XxHash3.HashToUInt64(page);
}
