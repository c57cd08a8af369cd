using System.Buffers.Binary;
using System.IO.Hashing;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>What a log file says about one filling of itself.</summary>
/// <param name="Epoch">Which filling; the two files count together. 0: the file was never begun.</param>
/// <param name="Before">The end of the other file's frames when this filling began; none in the first filling.</param>
internal readonly record struct LogHeader(ulong Epoch, FrameChain Before)
{
    public const int Format = 5;

    /// <summary>Bytes before the frames: a sector for the mark, one for each of two headers.</summary>
    /// <remarks>
    /// The headers lie between mark and frames, so that what spoils a frame and the mark spoils both headers too, and is
    /// refused: frames that end too early are a torn end when no mark tells.
    /// </remarks>
    public const int Size = 3 * SectorSize;

    public const int SectorSize = 4096;

    private const int Length = 5 * sizeof(ulong);

    /// <summary>"TLMLOG", the digit of the format, zero.</summary>
    private const ulong Magic = 0x00_00_47_4F_4C_4D_4C_54;

    /// <returns>A header of no epoch when the sector holds none, or one that was torn or damaged.</returns>
    public static LogHeader Read(IStorageFile file, int slot)
    {
        Span<byte> sector = stackalloc byte[Length];
        return file.Read(sector, PositionOf(slot)) == Length && Sealed.IsWhole(sector)
            && Sealed.WordAt(sector, 0) == MagicOf(Format)
                ? new LogHeader(Sealed.WordAt(sector, 1), new FrameChain((int)Sealed.WordAt(sector, 2), Sealed.WordAt(sector, 3)))
                : default;
    }

    /// <summary>For a file without a header of this format.</summary>
    /// <exception cref="StoreOpenException">It was written by another version.</exception>
    public static void RefuseOtherFormat(IStorageFile file)
    {
        Span<byte> magic = stackalloc byte[sizeof(ulong)];
        var format = file.Read(magic, PositionOf(0)) == magic.Length ? (int)((Sealed.WordAt(magic, 0) ^ Magic) >> 48) - '0' : 0;
        if (format is >= 1 and <= 9 and not Format && Sealed.WordAt(magic, 0) == MagicOf(format))
        {
            throw new StoreOpenException(
                $"The log was written by another version of the server (format {format}; this one knows {Format}). "
                + "Install that version, or choose another directory with --data.");
        }
    }

    /// <summary>Writes it; it is in force only once the file is synced.</summary>
    public void Write(IStorageFile file, int slot)
    {
        Span<byte> sector = stackalloc byte[Length];
        Sealed.Write(sector, [MagicOf(Format), Epoch, (ulong)Before.Frames, Before.Checksum]);
        file.Write(sector, PositionOf(slot));
        if (file.Length < Size)
        {
            file.SetLength(Size);
        }
    }

    public static long PositionOf(int slot) => LogMark.Offset + (SectorSize * (slot + 1L));

    private static ulong MagicOf(int format) => Magic | (ulong)('0' + format) << 48;
}

/// <summary>How far a filling was acknowledged: frames before it that are not whole are damaged, not torn.</summary>
/// <remarks>
/// Written after the sync that made a commit durable and before its callers are answered, without a sync of its own: the
/// next commit's sync takes it along. A killed process leaves it as it is; a power loss may take it back by one commit.
/// </remarks>
/// <param name="Epoch">The filling; 0 when there is no mark.</param>
/// <param name="End">Where its acknowledged frames end.</param>
/// <param name="IsClosed">The other file was begun after it.</param>
/// <param name="IsOtherMoved">The data file holds everything of the filling before; that is not needed any more.</param>
internal readonly record struct LogMark(ulong Epoch, FrameChain End, bool IsClosed, bool IsOtherMoved)
{
    public const int Offset = 0;

    private const int Length = 6 * sizeof(ulong);

    /// <summary>"TLMMARK", zero.</summary>
    private const ulong Magic = 0x00_4B_52_41_4D_4D_4C_54;

    /// <returns>No mark when there is none, or one that was torn or damaged.</returns>
    public static LogMark Read(IStorageFile file)
    {
        Span<byte> sector = stackalloc byte[Length];
        return file.Read(sector, Offset) == Length && Sealed.IsWhole(sector) && Sealed.WordAt(sector, 0) == Magic
            ? new LogMark(
                Sealed.WordAt(sector, 1), new FrameChain((int)Sealed.WordAt(sector, 2), Sealed.WordAt(sector, 3)),
                (Sealed.WordAt(sector, 4) & 1) != 0, (Sealed.WordAt(sector, 4) & 2) != 0)
            : default;
    }

    public void Write(IStorageFile file)
    {
        Span<byte> sector = stackalloc byte[Length];
        Sealed.Write(
            sector, [Magic, Epoch, (ulong)End.Frames, End.Checksum, (IsClosed ? 1UL : 0) | (IsOtherMoved ? 2UL : 0)]);
        file.Write(sector, Offset);
    }
}

/// <summary>A few numbers, then their checksum.</summary>
internal static class Sealed
{
    public static void Write(Span<byte> sector, ReadOnlySpan<ulong> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(sector[(i * sizeof(ulong))..], words[i]);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(
            sector[^sizeof(ulong)..], XxHash3.HashToUInt64(sector[..^sizeof(ulong)]));
    }

    public static bool IsWhole(ReadOnlySpan<byte> sector) =>
        BinaryPrimitives.ReadUInt64LittleEndian(sector[^sizeof(ulong)..]) == XxHash3.HashToUInt64(sector[..^sizeof(ulong)]);

    public static ulong WordAt(ReadOnlySpan<byte> sector, int word) =>
        BinaryPrimitives.ReadUInt64LittleEndian(sector[(word * sizeof(ulong))..]);
}
