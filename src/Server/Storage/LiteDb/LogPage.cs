using System.Buffers.Binary;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>What the log reads of a LiteDB page, and what a page becomes in the data file.</summary>
internal static class LogPage
{
    public const int Size = 8192;

    public const int TransactionOffset = 14;

    private const int NumberOffset = 0;
    private const int ConfirmedOffset = 18;

    public static uint NumberOf(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadUInt32LittleEndian(page[NumberOffset..]);

    public static uint TransactionOf(ReadOnlySpan<byte> page) =>
        BinaryPrimitives.ReadUInt32LittleEndian(page[TransactionOffset..]);

    /// <summary>Whether it closes its transaction.</summary>
    public static bool IsConfirmed(ReadOnlySpan<byte> page) => page[ConfirmedOffset] != 0;

    /// <summary>Takes the transaction out, as LiteDB's own checkpoint does: in the data file a page belongs to none.</summary>
    public static void TakeOutTransaction(Span<byte> page)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(page[TransactionOffset..], uint.MaxValue);
        page[ConfirmedOffset] = 0;
    }
}
